"""ID token validation. OpenID Connect Core 3.1.3.7; RFC 8725; R-6.2.4-2.

Pure: the keys, the expectations and the time are arguments.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from rp_demo.registration import Registration, Requirement

LEEWAY = 10
LONGEST_SUBJECT = 255
Claims = dict[str, Any]


class IdTokenRejected(Exception):  # noqa: N818 - the verdict of the check
    """The ID token must not be believed; `claim` names what was wrong with it."""

    def __init__(self, claim: str, description: str) -> None:
        """Say which part failed, in words for a log."""
        super().__init__(f"{claim}: {description}")
        self.claim = claim


def validate(
    token: str,
    *,
    keys: KeySet,
    registration: Registration,
    nonce: str,
    requirement: Requirement,
    access_token: str,
    now: datetime,
) -> Claims:
    """Return the claims of a token that may be believed.

    Whether its `acr` is high enough is an outcome and not a fault: see `satisfies`.

    Raises:
        IdTokenRejected: signature, algorithm, issuer, audience, nonce or a time is wrong.
    """
    header, claims = _verified(token, keys, registration.algorithms)
    _check_parties(claims, registration)
    same_nonce = hmac.compare_digest(_text(claims, "nonce").encode(), nonce.encode())
    _require(same_nonce, "nonce", "is not the one that was sent")
    _check_times(claims, requirement, now)
    _check_hash(claims, access_token, header)
    _check_context(claims, requirement)
    return claims


def satisfies(claims: Mapping[str, Any], requirement: Requirement) -> bool:
    """Tell whether the `acr` is one of those asked for. OpenID Connect Core 5.5.1.1.

    A voluntary `acr_values` lets the provider answer with less, so this must be asked.
    """
    return claims.get("acr") in requirement.acr_values


def key_id(token: str) -> str:
    """Return the key id that the token's header names, unverified, to choose a key by."""
    try:
        value = jws.extract_compact(token.encode()).protected.get("kid", "")
    except (JoseError, ValueError):
        return ""
    return value if isinstance(value, str) else ""


def _verified(token: str, keys: KeySet, algorithms: tuple[str, ...]) -> tuple[Claims, Claims]:
    try:
        read = jwt.decode(token, keys, algorithms=algorithms)
    except (JoseError, ValueError) as error:
        claim = "signature"
        raise IdTokenRejected(claim, "does not verify") from error
    # Explicit typing, RFC 8725 3.11: a logout token or an access token is no ID token.
    kind = str(read.header.get("typ", "JWT")).upper()
    _require(kind == "JWT", "typ", "is that of another kind of token")
    return read.header, read.claims


def _check_parties(claims: Claims, registration: Registration) -> None:
    client_id = registration.client_id
    _require(_text(claims, "iss") == registration.issuer, "iss", "is another issuer")
    # A further audience would be somebody who may replay the token to us: Core 3.1.3.7 (3).
    alone = claims.get("aud") in (client_id, [client_id])
    _require(alone, "aud", "is not this client alone")
    _require(claims.get("azp", client_id) == client_id, "azp", "is another client")
    _require(len(_text(claims, "sub")) <= LONGEST_SUBJECT, "sub", "is too long")


def _check_times(claims: Claims, requirement: Requirement, now: datetime) -> None:
    seconds = int(now.timestamp())
    _require(_number(claims, "exp") > seconds - LEEWAY, "exp", "has passed")
    for name in ("iat", "nbf", "auth_time"):
        if name == "iat" or name in claims:
            _require(_number(claims, name) <= seconds + LEEWAY, name, "is in the future")
    if requirement.seconds is not None:
        oldest = seconds - requirement.seconds - LEEWAY
        _require(_number(claims, "auth_time") >= oldest, "auth_time", "is older than asked for")


def _check_hash(claims: Claims, access_token: str, header: Mapping[str, Any]) -> None:
    if "at_hash" not in claims:
        return
    digest = hashlib.new(f"sha{str(header['alg'])[-3:]}", access_token.encode()).digest()
    expected = urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=")
    same = hmac.compare_digest(_text(claims, "at_hash").encode(), expected)
    _require(same, "at_hash", "belongs to another access token")


def _check_context(claims: Claims, requirement: Requirement) -> None:
    if requirement.acr_values:
        _text(claims, "acr")
    methods = claims.get("amr", [])
    names = isinstance(methods, list) and all(isinstance(item, str) for item in methods)
    _require(names, "amr", "is not a list of names")


def _require(holds: bool, claim: str, description: str) -> None:  # noqa: FBT001 - a condition
    if not holds:
        raise IdTokenRejected(claim, description)


def _text(claims: Claims, name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        raise IdTokenRejected(name, "is missing")
    return value


def _number(claims: Claims, name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise IdTokenRejected(name, "is missing or no time")
    return value
