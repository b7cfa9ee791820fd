"""The public keys of a client: registered by value, or fetched and remembered for all processes.

OpenID Connect Registration 2 (``jwks``, ``jwks_uri``); OpenID Connect Core 10.1.1 and 10.2.1;
OIDC.md F6. What is remembered lives in the cache that every process shares, so that one fetch
serves them all; a failure is remembered as well, and old keys serve while new ones cannot be
had. A signature's unknown ``kid`` causes a fetch once a minute at most.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import Any

from django.core.cache import cache
from joserfc.jwk import Key, KeySet, import_key

from idp import fetching
from idp.fetching import FetchError
from idp.models import Client
from idp.oauth import public_keys
from idp.oauth.public_keys import Jwk
from idp.protocol import opaque
from idp.protocol.algorithms import SIGNING

MEDIA_TYPES = ("application/json", "application/jwk-set+json")
LARGEST = 65_536
FRESH_SECONDS = 600.0
KEPT_SECONDS = 86_400
"""How long old keys serve a client whose server is down."""
PAUSE_SECONDS = 60
_GIVEN_UP = fetching.TOTAL_SECONDS + 1
_POLL_SECONDS = 0.05
_ASKING, _ASKED = "asking", "asked"

_CURVES = ("P-256", "P-384", "P-521", "X25519")
_FITS = {
    "ES256": ("P-256",),
    "EdDSA": ("Ed25519",),
    "RS256": ("RSA",),
    "PS256": ("RSA",),
    "RSA-OAEP": ("RSA",),
    "RSA-OAEP-256": ("RSA",),
    "ECDH-ES": _CURVES,
    "ECDH-ES+A128KW": _CURVES,
    "ECDH-ES+A256KW": _CURVES,
}


class NoKeyError(Exception):
    """The client has no key for this."""


def verification_keys(client: Client, *, kid: str = "", algorithm: str = "") -> KeySet:
    """Return the keys that may have signed with `algorithm` (any of ours) and go by `kid`.

    Raises:
        NoKeyError: there is none.
    """
    algorithms = (algorithm,) if algorithm else SIGNING
    found = [
        _imported(jwk)
        for jwk in _keys(client, kid)
        if _serves(jwk, "sig", algorithms) and kid in {"", jwk["kid"]}
    ]
    if not found:
        raise NoKeyError(client.client_id)
    return KeySet(found)


def encryption_key(client: Client, algorithm: str) -> Key:
    """Return the key to encrypt to with `algorithm`, preferably one that says so.

    Raises:
        NoKeyError: there is none.
    """
    found = [jwk for jwk in _keys(client, "") if _serves(jwk, "enc", (algorithm,))]
    if not found:
        raise NoKeyError(client.client_id)
    return _imported(max(found, key=lambda jwk: "use" in jwk))


def _serves(jwk: Jwk, use: str, algorithms: Collection[str]) -> bool:
    kind = jwk.get("crv", "RSA")
    fitting = [name for name in algorithms if kind in _FITS[name] and jwk.get("alg", name) == name]
    return bool(fitting) and jwk.get("use", use) == use


def _imported(jwk: Jwk) -> Key:
    return import_key(jwk)


def _keys(client: Client, kid: str) -> list[Jwk]:
    if client.jwks is not None:
        return public_keys.usable(client.jwks)
    return _remote(client.jwks_uri, kid) if client.jwks_uri else []


def _remote(uri: str, kid: str) -> list[Jwk]:
    """Return the keys at `uri`, fetched again when they are old or `kid` is not among them.

    Each of the two causes has a gate: whoever closes it fetches, the others use what there
    is or wait for it. It stays closed for a while, after a failure too.
    """
    place = f"client-keys:{opaque.digest(uri)}"
    kept = cache.get(place)
    fresh = kept is not None and time.time() - kept["at"] < FRESH_SECONDS
    if fresh and _knows(kept, kid):
        return _keys_of(kept)
    gate = f"{place}:{'kid' if fresh else 'age'}"
    if cache.add(gate, _ASKING, _GIVEN_UP):
        _refetch(uri, place)
        cache.set(gate, _ASKED, PAUSE_SECONDS)
    elif not _knows(kept, kid):
        _wait(gate)
    return _keys_of(cache.get(place))


def _keys_of(kept: dict[str, Any] | None) -> list[Jwk]:
    return kept["keys"] if kept else []


def _knows(kept: dict[str, Any] | None, kid: str) -> bool:
    return kept is not None and (not kid or any(jwk["kid"] == kid for jwk in kept["keys"]))


def _refetch(uri: str, place: str) -> None:
    try:
        found = fetching.fetch(uri, accept=MEDIA_TYPES, most=LARGEST)
        keys = public_keys.usable(found.json())
    except (FetchError, ValueError):
        return
    cache.set(place, {"keys": keys, "at": time.time()}, KEPT_SECONDS)


def _wait(gate: str) -> None:
    """Wait until whoever has closed the gate has an answer."""
    until = time.monotonic() + _GIVEN_UP
    while cache.get(gate) == _ASKING and time.monotonic() < until:
        time.sleep(_POLL_SECONDS)
