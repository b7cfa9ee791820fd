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

from joserfc.jwk import KeySet

from rp_demo.registration import Registration, Requirement
from rp_demo.signed_token import (
    LEEWAY,
    LONGEST_SUBJECT,
    Claims,
    check_lifetime,
    number,
    require,
    text,
    verified,
)


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
        TokenRejected: signature, algorithm, issuer, audience, nonce or a time is wrong.
    """
    header, claims = verified(token, keys, registration, kind="JWT")
    require(len(text(claims, "sub")) <= LONGEST_SUBJECT, "sub", "is too long")
    same_nonce = hmac.compare_digest(text(claims, "nonce").encode(), nonce.encode())
    require(same_nonce, "nonce", "is not the one that was sent")
    _check_times(claims, requirement, now)
    _check_hash(claims, access_token, header)
    _check_context(claims, requirement)
    return claims


def satisfies(claims: Mapping[str, Any], requirement: Requirement) -> bool:
    """Tell whether the `acr` is one of those asked for. OpenID Connect Core 5.5.1.1.

    A voluntary `acr_values` lets the provider answer with less, so this must be asked.
    """
    return claims.get("acr") in requirement.acr_values


def _check_times(claims: Claims, requirement: Requirement, now: datetime) -> None:
    check_lifetime(claims, now)
    seconds = int(now.timestamp())
    if "auth_time" in claims:
        latest = seconds + LEEWAY
        require(number(claims, "auth_time") <= latest, "auth_time", "is in the future")
    if requirement.seconds is not None:
        oldest = seconds - requirement.seconds - LEEWAY
        require(number(claims, "auth_time") >= oldest, "auth_time", "is older than asked for")


def _check_hash(claims: Claims, access_token: str, header: Mapping[str, Any]) -> None:
    if "at_hash" not in claims:
        return
    digest = hashlib.new(f"sha{str(header['alg'])[-3:]}", access_token.encode()).digest()
    expected = urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=")
    same = hmac.compare_digest(text(claims, "at_hash").encode(), expected)
    require(same, "at_hash", "belongs to another access token")


def _check_context(claims: Claims, requirement: Requirement) -> None:
    if requirement.acr_values:
        text(claims, "acr")
    methods = claims.get("amr", [])
    names = isinstance(methods, list) and all(isinstance(item, str) for item in methods)
    require(names, "amr", "is not a list of names")
