"""Secrets that must be read again, sealed at rest: signing keys, secrets of client_secret_jwt.

AES-256-GCM under keys derived from ``SECRET_KEY``, one for each purpose; the identifier of
what is sealed is bound in, so that rows cannot be exchanged. OIDC.md H3; NIST SP 800-38D.
"""

from __future__ import annotations

import os
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

NONCE_BYTES = 12
SIGNING_KEYS = "countersign signing keys"
CLIENT_SECRETS = "countersign client secrets"


def seal(clear: bytes, *, purpose: str, identifier: str) -> bytes:
    """Return `clear` sealed for `identifier`: nonce, then ciphertext and tag."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _cipher(settings.SECRET_KEY, purpose).encrypt(nonce, clear, identifier.encode())


def unseal(sealed: bytes, *, purpose: str, identifier: str) -> bytes:
    """Return what was sealed.

    Raises:
        ImproperlyConfigured: sealed under another ``SECRET_KEY``, or changed since.
    """
    nonce, ciphertext = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    cipher = _cipher(settings.SECRET_KEY, purpose)
    try:
        return cipher.decrypt(nonce, ciphertext, identifier.encode())
    except InvalidTag as error:
        message = (
            f"What is sealed under {purpose!r} cannot be opened: was SECRET_KEY changed? "
            "For signing keys run `rotate_keys --now`; give clients new secrets."
        )
        raise ImproperlyConfigured(message) from error


@cache
def _cipher(secret: str, purpose: str) -> AESGCM:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode())
    return AESGCM(derivation.derive(secret.encode()))
