"""The JOSE that an agent needs, written out. RFC 7515, RFC 7516, RFC 7518 4.6, RFC 7797.

ES256 signatures and one kind of encryption, ECDH-ES with A256GCM: short enough to be read
next to the RFCs, and an implementation independent of the server's.
"""

from __future__ import annotations

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash

COORDINATE = 32
IV, TAG = 12, 16
ES256 = ec.ECDSA(SHA256())


class SignatureRefused(Exception):  # noqa: N818 - the verdict of the check
    """The JWS is not what it should be."""


def encode(data: bytes) -> str:
    """Return base64url without padding. RFC 7515 2."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Return what `encode` wrote."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def public_jwk(key: ec.EllipticCurvePublicKey) -> dict[str, str]:
    """Return a P-256 key as a JWK. RFC 7518 6.2.1."""
    numbers = key.public_numbers()
    x, y = (encode(number.to_bytes(COORDINATE, "big")) for number in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def read_jwk(jwk: Mapping[str, Any]) -> ec.EllipticCurvePublicKey:
    """Return the P-256 key in `jwk`; ValueError if there is none."""
    if (jwk.get("kty"), jwk.get("crv")) != ("EC", "P-256"):
        message = "not a P-256 key"
        raise ValueError(message)
    x, y = (int.from_bytes(decode(jwk[name]), "big") for name in ("x", "y"))
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def find_key(jwks: Mapping[str, Any], kid: object) -> ec.EllipticCurvePublicKey:
    """Return the key `kid` of a key set; ValueError if it is not there."""
    for jwk in jwks.get("keys", []):
        if jwk.get("kid") == kid:
            return read_jwk(jwk)
    message = "the key set lacks that key"
    raise ValueError(message)


def sign(key: ec.EllipticCurvePrivateKey, claims: Mapping[str, Any], *, typ: str) -> str:
    """Return `claims` as a compact JWS of type `typ`."""
    head, body = _part({"alg": "ES256", "typ": typ}), _part(claims)
    return f"{head}.{body}.{encode(_signature(key, f'{head}.{body}'.encode()))}"


def sign_detached(key: ec.EllipticCurvePrivateKey, payload: bytes) -> str:
    """Return a JWS over `payload` that does not repeat it. RFC 7797 4 and 5.2."""
    head = _part({"alg": "ES256", "b64": False, "crit": ["b64"]})
    return f"{head}..{encode(_signature(key, head.encode() + b'.' + payload))}"


def verify(token: str, jwks: Mapping[str, Any], *, typ: str) -> dict[str, Any]:
    """Return the claims of a compact ES256 JWS of type `typ`, signed by a key of `jwks`.

    Raises:
        SignatureRefused: anything else. The header chooses the key, never the algorithm.
    """
    try:
        head, body, signature = token.split(".")
        header, claims = json.loads(decode(head)), json.loads(decode(body))
        if (header["alg"], header["typ"]) != ("ES256", typ) or "crit" in header:
            message = "another algorithm, type or extension"
            raise SignatureRefused(message)
        raw = decode(signature)
        if len(raw) != 2 * COORDINATE or not isinstance(claims, dict):
            message = "no ES256 signature over claims"
            raise SignatureRefused(message)
        r, s = (int.from_bytes(raw[at : at + COORDINATE], "big") for at in (0, COORDINATE))
        key = find_key(jwks, header["kid"])
        key.verify(encode_dss_signature(r, s), f"{head}.{body}".encode(), ES256)
    except (InvalidSignature, ValueError, KeyError, TypeError) as error:
        message = "the signature does not verify"
        raise SignatureRefused(message) from error
    return claims


def encrypt(plaintext: bytes, key: ec.EllipticCurvePublicKey, *, header: Mapping[str, Any]) -> str:
    """Return a compact JWE by ECDH-ES (direct key agreement) and A256GCM.

    The key is derived from an ephemeral key by the Concat KDF, whose other information names
    the content encryption and no parties (RFC 7518 4.6.2).
    """
    ephemeral = ec.generate_private_key(ec.SECP256R1())
    protected = _part(
        {
            "alg": "ECDH-ES",
            "enc": "A256GCM",
            **header,
            "epk": public_jwk(ephemeral.public_key()),
        }
    )
    other = _sized(b"A256GCM") + _sized(b"") + _sized(b"") + (256).to_bytes(4, "big")
    derive = ConcatKDFHash(SHA256(), length=32, otherinfo=other)
    content_key = derive.derive(ephemeral.exchange(ec.ECDH(), key))
    iv = os.urandom(IV)
    sealed = AESGCM(content_key).encrypt(iv, plaintext, protected.encode())
    return f"{protected}..{encode(iv)}.{encode(sealed[:-TAG])}.{encode(sealed[-TAG:])}"


def _signature(key: ec.EllipticCurvePrivateKey, data: bytes) -> bytes:
    r, s = decode_dss_signature(key.sign(data, ES256))
    return r.to_bytes(COORDINATE, "big") + s.to_bytes(COORDINATE, "big")


def _part(value: Mapping[str, Any]) -> str:
    return encode(json.dumps(value, separators=(",", ":")).encode())


def _sized(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data
