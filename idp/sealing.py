"""What must be read again, sealed at rest, and what must not change past us, signed.

AES-256-GCM under keys derived from ``SECRET_KEY``, one for each purpose; the identifier of
what is sealed is bound in, so that rows cannot be exchanged. OIDC.md H3; NIST SP 800-38D.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
from collections.abc import Mapping
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

NONCE_BYTES = 12
SIGNING_KEYS = "countersign signing keys"
CLIENT_SECRETS = "countersign client secrets"
ANSWERS = "countersign answers to refresh tokens"
ASSURANCE_PROFILES = "countersign assurance profiles"
EVIDENCE_RECORDS = "countersign evidence records"
ONE_TIME_CODES = "countersign secrets of one-time codes"
RISK_RECORDS = "countersign risk records"
RECOVERY_CODES = "countersign recovery codes"
ADDRESS_LINKS = "countersign links that confirm addresses"
RECOVERY_LINKS = "countersign recovery links"
SECURITY_EVENTS = "countersign security events"
ANCHORS = "countersign anchors of security events"
KEPT_FORMS = "countersign forms kept over a step-up"


def seal(clear: bytes, *, purpose: str, identifier: str, opener: str = "") -> bytes:
    """Return `clear` sealed for `identifier`: nonce, then ciphertext and tag.

    `opener`: random text that nobody stores, and that whoever opens must bring.
    """
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _cipher(purpose, opener).encrypt(nonce, clear, identifier.encode())


def unseal(sealed: bytes, *, purpose: str, identifier: str, opener: str = "") -> bytes:
    """Return what was sealed.

    Raises:
        ImproperlyConfigured: sealed under another ``SECRET_KEY``, or changed since.
    """
    nonce, ciphertext = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    cipher = _cipher(purpose, opener)
    try:
        return cipher.decrypt(nonce, ciphertext, identifier.encode())
    except InvalidTag as error:
        message = (
            f"What is sealed under {purpose!r} cannot be opened: was SECRET_KEY changed? "
            "For signing keys run `rotate_keys --now`; give clients new secrets. "
            "Remove one-time codes: people add them again."
        )
        raise ImproperlyConfigured(message) from error


def sign(statement: Mapping[str, Any], *, purpose: str) -> str:
    """Return this deployment's signature over `statement`. Ed25519, RFC 8032."""
    return base64.urlsafe_b64encode(
        _signer(settings.SECRET_KEY, purpose).sign(_text(statement))
    ).decode()


def is_signed(statement: Mapping[str, Any], signature: str, *, purpose: str) -> bool:
    """Tell whether `signature` is ours, by an earlier secret key too, and covers `statement`."""
    try:
        given = base64.urlsafe_b64decode(signature.encode())
    except ValueError:
        return False
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(_verifies(secret, purpose, given, statement) for secret in secrets)


def _verifies(secret: str, purpose: str, given: bytes, statement: Mapping[str, Any]) -> bool:
    try:
        _signer(secret, purpose).public_key().verify(given, _text(statement))
    except InvalidSignature:
        return False
    return True


def mac_keys(purpose: str) -> tuple[bytes, ...]:
    """Return keys for MACs: of ``SECRET_KEY``, then of each ``SECRET_KEY_FALLBACKS``."""
    return tuple(
        _mac_key(secret, purpose)
        for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    )


def fingerprints(text: str, *, purpose: str, identifier: str) -> tuple[str, ...]:
    """Return the keyed hashes of `text` for `identifier`, the present key's first. RFC 2104.

    For random text alone, of 64 bits or more: it is no slow hash of something people choose.
    """
    message = identifier.encode() + b"\0" + text.encode()
    return tuple(hmac.digest(key, message, "sha256").hex() for key in mac_keys(purpose))


def _text(statement: Mapping[str, Any]) -> bytes:
    return json.dumps(statement, sort_keys=True, separators=(",", ":")).encode()


@cache
def _signer(secret: str, purpose: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_key(secret, purpose, ""))


@cache
def _mac_key(secret: str, purpose: str) -> bytes:
    return _key(secret, purpose, "")


def _cipher(purpose: str, opener: str) -> AESGCM:
    if not opener:
        return _cipher_of(settings.SECRET_KEY, purpose)
    return AESGCM(_key(settings.SECRET_KEY, purpose, opener))


@cache
def _cipher_of(secret: str, purpose: str) -> AESGCM:
    return AESGCM(_key(secret, purpose, ""))


def _key(secret: str, purpose: str, opener: str) -> bytes:
    salt = opener.encode() or None
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=purpose.encode()).derive(
        secret.encode()
    )
