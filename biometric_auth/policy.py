"""``settings.BIOMETRIC_AUTH`` read once into a frozen value. Nothing else reads those settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

DATABASE = "biometric"
"""Alias of the database that holds this application's tables and nothing else. R-6.1-1."""


@dataclass(frozen=True, slots=True)
class BiometricPolicy:
    """How this deployment runs the authentication server.

    What people and administrators decide (captures, cooling-off, lifetimes) is not here but
    in the versioned `EnrolmentPolicy`; `initial_policy` holds the fields of its version 1.
    `attestation_roots` names, per WebAuthn attestation format, the PEM files of the roots
    whose credentials count as possession 2. `session_reader` and `method_reset` are dotted
    paths to the provider's side of `idp.contract`.
    """

    issuer: str
    engine: str
    model_dir: Path
    key_ring: Path
    session_reader: str
    method_reset: str
    sign_in_url: str = "/account/sign-in"
    simulated_camera_url: str = ""
    allow_simulated_engine: bool = False
    initial_policy: Mapping[str, object] = field(default_factory=dict)
    attestation_roots: Mapping[str, Sequence[str | Path]] = field(default_factory=dict)
    browser_cookie: str = "countersign_browser"

    @property
    def secure(self) -> bool:
        """Whether the issuer is https, so that cookies carry the ``__Host-`` prefix."""
        return urlsplit(self.issuer).scheme == "https"

    @property
    def browser_cookie_name(self) -> str:
        """Name of the cookie that binds a transaction to one browser. RFC 6265bis 4.1.3.2."""
        return f"__Host-{self.browser_cookie}" if self.secure else self.browser_cookie

    @property
    def rp_id(self) -> str:
        """WebAuthn relying party identifier: the issuer's host. WebAuthn 4, "RP ID"."""
        return urlsplit(self.issuer).hostname or ""

    @property
    def origin(self) -> str:
        """WebAuthn origin of the agent's pages."""
        parts = urlsplit(self.issuer)
        return f"{parts.scheme}://{parts.netloc}"

    def url(self, path: str) -> str:
        """Return the absolute URL of `path` at the issuer."""
        return self.issuer.rstrip("/") + path


@cache
def get_policy() -> BiometricPolicy:
    """Return the policy of this process."""
    values: dict[str, Any] = settings.BIOMETRIC_AUTH
    return BiometricPolicy(**values)
