"""JOSE on the wire: JWE in, JWS in and out, within our own bounds. RFC 7515, 7516, 7797; R-9.1-3.

joserfc bounds a JWE ciphertext at 64 KiB and a JWS payload at 128,000 bytes; a capture is
larger. Algorithms are allow-listed, compression is refused (R-9.5-8).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from joserfc import jwe, jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey
from joserfc.util import urlsafe_b64decode

from biometric_auth.domain.errors import (
    BiometricError,
    MalformedMessage,
    ProofRefused,
    SealBroken,
)
from biometric_auth.vault.keyring import KeyRing

MAX_CAPTURE_BYTES = 1_500_000
MAX_MANIFEST_BYTES = 64_000
MAX_PROOF_BYTES = 16_000
MAX_FRAMES = 24
MAX_PARTS = MAX_FRAMES + 2
CAPTURE_TYPE = "countersign-capture"
CHALLENGE_TYPE = "countersign-challenge+jwt"
DEVICE_ALGORITHMS = ("ES256", "Ed25519")
_JWE_PARTS = 5
_LENGTH_BYTES = 4

DeviceKey = ECKey | OKPKey


class _CaptureRegistry(jwe.JWERegistry):
    """Room for a capture: base64url text, a third longer than the bytes."""

    max_ciphertext_length = MAX_CAPTURE_BYTES


class _SignatureRegistry(jws.JWSRegistry):
    """Room for a detached manifest."""

    max_payload_length = MAX_MANIFEST_BYTES


# No `zip` is listed: a compressed capture is refused, so nothing can inflate.
_CAPTURE = _CaptureRegistry(algorithms=["ECDH-ES", "A256GCM"])
_SIGNATURE = _SignatureRegistry(algorithms=list(DEVICE_ALGORITHMS))
_CHALLENGE = jws.JWSRegistry(algorithms=["ES256"])


def looks_like_capture(message: bytes) -> bool:
    """Tell whether `message` has the outer form of a compact JWE in our bounds."""
    return 0 < len(message) <= MAX_CAPTURE_BYTES and message.count(b".") == _JWE_PARTS - 1


def decrypt_capture(message: bytes, *, key_ring: KeyRing, kid: str) -> list[bytes]:
    """Return the parts of a capture that was encrypted to key `kid`.

    Raises:
        MalformedMessage: not a capture for that key, or its parts do not add up.
    """
    try:
        opened = jwe.decrypt_compact(message, key_ring.encryption_key(kid), registry=_CAPTURE)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise MalformedMessage from error
    header = opened.protected
    if header.get("kid") != kid or header.get("cty") != CAPTURE_TYPE or "zip" in header:
        raise MalformedMessage
    return _split(opened.plaintext or b"")


def _split(plaintext: bytes) -> list[bytes]:
    """Split length-prefixed parts. AGENT-PROTOCOL, "captured"."""
    parts: list[bytes] = []
    position = 0
    while position < len(plaintext):
        start = position + _LENGTH_BYTES
        end = start + int.from_bytes(plaintext[position:start], "big")
        if max(start, end) > len(plaintext) or len(parts) == MAX_PARTS:
            raise MalformedMessage
        parts.append(plaintext[start:end])
        position = end
    return parts


def sign_claims(claims: Mapping[str, object], *, key_ring: KeyRing, typ: str) -> str:
    """Return `claims` as a compact JWS by the current challenge key."""
    key = key_ring.current.challenge_key
    payload = json.dumps(claims, separators=(",", ":"), ensure_ascii=False)
    header = {"alg": "ES256", "typ": typ, "kid": key.kid}
    return jws.serialize_compact(header, payload, key, registry=_CHALLENGE)


def read_claims(statement: str, *, key_ring: KeyRing, typ: str) -> dict[str, Any]:
    """Return the claims that this deployment signed as `typ`, by a key of any epoch.

    Raises:
        SealBroken: it did not, or the claims were changed.
    """
    try:
        header = json.loads(urlsafe_b64decode(statement.partition(".")[0].encode()))
        key = key_ring.challenge_key(str(header.get("kid")))
        signed = jws.deserialize_compact(statement, key, registry=_CHALLENGE)
        claims = json.loads(signed.payload)
    except (BiometricError, JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise SealBroken from error
    if signed.protected.get("typ") != typ or not isinstance(claims, dict):
        raise SealBroken
    return claims


def import_device_key(jwk: Mapping[str, Any]) -> DeviceKey:
    """Return the public device key in `jwk`.

    Raises:
        ProofRefused: no public P-256 or Ed25519 key. A private key is refused, too.
    """
    wanted = {"EC": {"kty", "crv", "x", "y"}, "OKP": {"kty", "crv", "x"}}
    names = wanted.get(str(jwk.get("kty")), set())
    public: dict[str, str | list[str]] = {
        name: value for name, value in jwk.items() if name in names and isinstance(value, str)
    }
    if "d" in jwk or public.keys() != names:
        raise ProofRefused
    try:
        if public.get("crv") == "P-256":
            return ECKey.import_key(public)
        if public.get("crv") == "Ed25519":
            return OKPKey.import_key(public)
    except (JoseError, ValueError, TypeError) as error:
        raise ProofRefused from error
    raise ProofRefused


def verify_statement(statement: str, *, key: DeviceKey, typ: str) -> dict[str, Any]:
    """Return the claims that a device signed.

    Raises:
        ProofRefused: not signed by `key`, or of another type.
    """
    try:
        signed = jws.deserialize_compact(statement, key, registry=_SIGNATURE)
        claims = json.loads(signed.payload)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise ProofRefused from error
    if signed.protected.get("typ") != typ or not isinstance(claims, dict):
        raise ProofRefused
    return claims


def verify_detached(statement: str, *, payload: bytes, key: DeviceKey) -> None:
    """Check a detached signature over `payload`. RFC 7797 (``b64: false``).

    Raises:
        ProofRefused: `key` did not sign exactly `payload`.
    """
    head, _, rest = statement.partition(".")
    try:
        signed = jws.deserialize_compact(statement, key, registry=_SIGNATURE, payload=payload)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise ProofRefused from error
    # An attached payload would be verified instead of ours.
    if signed.protected.get("b64") is not False or not head or not rest.startswith("."):
        raise ProofRefused
