"""Which public keys of clients are good enough to trust. RFC 7517; RFC 7518; RFC 8037; RFC 8725.

OIDC.md H1: no symmetric or private key, no weak RSA key, no point beside its curve. What a key
says about certificates (``x5u``, ``x5c``) is dropped unread: nothing is fetched on its word.
"""

from __future__ import annotations

import base64
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import import_key

Jwk = dict[str, Any]

MOST_KEYS = 100
LEAST_RSA_BITS, MOST_RSA_BITS, MOST_EXPONENT_BITS = 2048, 8192, 64
_KINDS = {"RSA": {"RSA"}, "EC": {"P-256", "P-384", "P-521"}, "OKP": {"Ed25519", "X25519"}}
_PUBLIC = ("kty", "kid", "use", "alg", "key_ops", "crv", "x", "y", "n", "e")
_SECRET = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_LONGEST_NUMBER = 2048
_OPERATIONS = {"sig": ("sign", "verify"), "enc": ("encrypt", "wrapKey", "deriveKey", "deriveBits")}


def problem(jwks: object) -> str:
    """Return why `jwks` cannot be registered, as a sentence; an empty string when it can.

    Keys of kinds that are not understood may stand beside one that is (RFC 7517 5).
    """
    try:
        keys = _members(jwks)
    except ValueError as error:
        return str(error)
    flaws = [flaw for key in keys if (flaw := _dangerous(key) or (_known(key) and _flaw(key)))]
    if flaws:
        return flaws[0]
    return "" if usable(jwks) else "There is no key of a kind that is understood."


def usable(jwks: object) -> list[Jwk]:
    """Return the good keys of a set, each with a ``kid``; the others are ignored. RFC 7517 5.

    What a key is for is said by ``use`` alone, also where the set says it by ``key_ops``.

    Raises:
        ValueError: this is no key set.
    """
    good = [key for key in _members(jwks) if not _dangerous(key) and _known(key) and not _flaw(key)]
    return [_kept(key) for key in good]


def _members(jwks: object) -> list[Jwk]:
    keys = jwks.get("keys") if isinstance(jwks, dict) else None
    if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
        message = "A key set is an object with a list of keys. RFC 7517 5."
        raise ValueError(message)
    if len(keys) > MOST_KEYS:
        message = f"A key set has at most {MOST_KEYS} keys."
        raise ValueError(message)
    return keys


def _dangerous(key: Jwk) -> str:
    if key.get("kty") == "oct":
        return "A symmetric key cannot be public."
    return "This set has a private key: it must be replaced." if _SECRET & key.keys() else ""


def _known(key: Jwk) -> bool:
    kty = key.get("kty")
    name = "RSA" if kty == "RSA" else key.get("crv")
    return isinstance(kty, str) and isinstance(name, str) and name in _KINDS.get(kty, ())


def _flaw(key: Jwk) -> str:
    numbers = [key.get(name, "") for name in ("n", "e", "x", "y")]
    if not all(isinstance(text, str) and len(text) <= _LONGEST_NUMBER for text in numbers):
        return "A number of a key is not text, or too long."
    try:
        if key["kty"] == "RSA" and (weakness := _weakness(key)):
            return weakness
        _imported(key)
    # The library's errors, and those that malformed members cause inside it.
    except (JoseError, ValueError, TypeError, KeyError):
        return "This is not a valid key."
    return ""


def _weakness(key: Jwk) -> str:
    if not LEAST_RSA_BITS <= _bits(key["n"]) <= MOST_RSA_BITS:
        return f"An RSA key has {LEAST_RSA_BITS} to {MOST_RSA_BITS} bits."
    if _bits(key["e"]) > MOST_EXPONENT_BITS:
        return "The exponent of an RSA key is too large."
    return ""


def _bits(number: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(number + "==")).bit_length()


def _kept(key: Jwk) -> Jwk:
    """Return a good key. Whoever exports one may name no operation, or not those of our library.

    Web Cryptography exports a public key for ECDH with an empty list.
    """
    kept = _public(key) | {"kid": key.get("kid") or _imported(key).thumbprint()}
    operations = kept.pop("key_ops", [])
    for use, names in _OPERATIONS.items():
        if operations and all(name in names for name in operations):
            kept["use"] = use
    return kept


def _imported(key: Jwk) -> Any:
    return import_key(_public(key))


def _public(key: Jwk) -> Jwk:
    return {name: key[name] for name in _PUBLIC if name in key}
