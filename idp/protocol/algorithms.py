"""Algorithms by purpose: nothing outside these lists is signed, checked, encrypted or offered.

RFC 8725 3.1 and 3.2; RFC 7518; RFC 8037 (EdDSA); OIDC.md H1. ``none`` is in no list: an
unsigned request object is allowed by a client's registration alone, never by an algorithm.
"""

from __future__ import annotations

from collections.abc import Mapping

SIGNING = ("ES256", "RS256", "PS256", "EdDSA")
"""What this provider signs with, and what it accepts of clients' own keys."""

SECRET_SIGNING = ("HS256", "HS384", "HS512")
"""What a client secret may sign: client assertions, and nothing else."""

KEY_MANAGEMENT = ("RSA-OAEP", "RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW")
"""How a content key is brought to a client: by its public key, never by its secret."""

CONTENT_ENCRYPTION = ("A128CBC-HS256", "A256CBC-HS512", "A128GCM", "A256GCM")
DEFAULT_CONTENT_ENCRYPTION = "A128CBC-HS256"
"""What an `..._encrypted_response_enc` that is not registered means. Registration 2."""

ASSERTION: Mapping[str, tuple[str, ...]] = {
    "client_secret_jwt": SECRET_SIGNING,
    "private_key_jwt": SIGNING,
}
"""By authentication method. A public key never serves as an HMAC secret (RFC 8725 2.1)."""
