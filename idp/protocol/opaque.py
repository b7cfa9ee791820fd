"""Opaque values (codes, tokens, secrets): 256 random bits, stored as SHA-256. RFC 6749 10.10."""

from __future__ import annotations

import hashlib
import hmac
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
    return hmac.compare_digest(digest(value), stored)
