"""Random values that only a browser keeps; the provider stores their SHA-256 (R-9.4-8)."""

from __future__ import annotations

import hashlib
import secrets

BYTES = 32


def new() -> str:
    """Return a new value of 256 random bits."""
    return secrets.token_urlsafe(BYTES)


def digest(value: str) -> str:
    """Return what is stored of `value`. Random input needs no slow hash."""
    return hashlib.sha256(value.encode()).hexdigest()


def same(value: str, stored: str) -> bool:
    """Return whether `value` belongs to the stored digest, in constant time."""
    return secrets.compare_digest(digest(value), stored)
