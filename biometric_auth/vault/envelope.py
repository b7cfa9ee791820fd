"""Seal and open: AES-256-GCM, identity-bound. R-9.4-1, R-6.3-5; NIST SP 800-38D.

A seal opens only under its own key and for the very identity that it was made for, so a
row that was changed, swapped or copied to another person does not open (R-9.4-5).
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from biometric_auth.domain.errors import SealBroken

KEY_BYTES = 32
_NONCE_BYTES = 12
_VERSION = b"\x01"


def new_key() -> bytes:
    """Return a fresh AES-256 key."""
    return secrets.token_bytes(KEY_BYTES)


def seal(*, key: bytes, plaintext: bytes, binding: Mapping[str, str]) -> bytes:
    """Return version, nonce and ciphertext of `plaintext`, bound to `binding`."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _VERSION + nonce + AESGCM(key).encrypt(nonce, plaintext, associated(binding))


def open_seal(*, key: bytes, sealed: bytes, binding: Mapping[str, str]) -> bytes:
    """Return what was sealed.

    Raises:
        SealBroken: another key, another identity, or changed bytes.
    """
    body = bytes(sealed)
    if body[:1] != _VERSION:
        raise SealBroken
    nonce, ciphertext = body[1 : 1 + _NONCE_BYTES], body[1 + _NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, associated(binding))
    except (InvalidTag, ValueError) as error:
        raise SealBroken from error


def associated(binding: Mapping[str, str]) -> bytes:
    """Canonical form: the same identity gives the same bytes, and no two share them."""
    return _VERSION + json.dumps(dict(binding), sort_keys=True, separators=(",", ":")).encode()
