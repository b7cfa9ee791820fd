"""Which build of the agent a browser runs: it says so in every manifest. R-5.4.3-1."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

STATIC = Path(__file__).resolve().parent / "static" / "biometric_auth"


@cache
def build_sha256() -> str:
    """Return one hash over the agent's own modules, in the order of their names."""
    digest = hashlib.sha256()
    for module in sorted(STATIC.glob("*.js")):
        digest.update(module.name.encode() + b"\0" + hashlib.sha256(module.read_bytes()).digest())
    return digest.hexdigest()


@cache
def modules() -> tuple[str, ...]:
    """Return the static names of the modules that a page may load ahead."""
    return tuple(f"biometric_auth/{module.name}" for module in sorted(STATIC.glob("*.js")))
