"""What every token of the provider must pass: signature, kind, issuer, audience, times.

RFC 8725 3.1 (algorithms), 3.11 (typ); OpenID Connect Core 3.1.3.7. Pure: keys, expectations and
the time are arguments.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from rp_demo.registration import Registration

LEEWAY = 10
LONGEST_SUBJECT = 255
Claims = dict[str, Any]


class TokenRejected(Exception):  # noqa: N818 - the verdict of the check
    """The token must not be believed; `claim` names what was wrong with it."""

    def __init__(self, claim: str, description: str) -> None:
        """Say which part failed, in words for a log."""
        super().__init__(f"{claim}: {description}")
        self.claim = claim


def key_id(token: str) -> str:
    """Return the key id that the token's header names, unverified, to choose a key by."""
    try:
        value = jws.extract_compact(token.encode()).protected.get("kid", "")
    except (JoseError, ValueError):
        return ""
    return value if isinstance(value, str) else ""


def verified(
    token: str, keys: KeySet, registration: Registration, *, kind: str
) -> tuple[Claims, Claims]:
    """Return header and claims of a token of `kind` that the provider signed for this client.

    Raises:
        TokenRejected: the signature, or who it is from, for or about, is wrong.
    """
    try:
        read = jwt.decode(token, keys, algorithms=registration.algorithms)
    except (JoseError, ValueError) as error:
        claim = "signature"
        raise TokenRejected(claim, "does not verify") from error
    # Explicit typing: none of a provider's tokens is taken for another.
    said = str(read.header.get("typ", "JWT")).lower().removeprefix("application/")
    require(said == kind.lower(), "typ", "is that of another kind of token")
    _check_parties(read.claims, registration)
    return read.header, read.claims


def check_lifetime(claims: Claims, now: datetime) -> None:
    """Refuse a token that has expired or is from the future.

    Raises:
        TokenRejected: naming the time.
    """
    seconds = int(now.timestamp())
    require(number(claims, "exp") > seconds - LEEWAY, "exp", "has passed")
    for name in ("iat", "nbf"):
        if name == "iat" or name in claims:
            require(number(claims, name) <= seconds + LEEWAY, name, "is in the future")


def _check_parties(claims: Claims, registration: Registration) -> None:
    client_id = registration.client_id
    require(text(claims, "iss") == registration.issuer, "iss", "is another issuer")
    # A further audience would be somebody who may replay the token to us: Core 3.1.3.7 (3).
    alone = claims.get("aud") in (client_id, [client_id])
    require(alone, "aud", "is not this client alone")
    require(claims.get("azp", client_id) == client_id, "azp", "is another client")


def require(holds: bool, claim: str, description: str) -> None:  # noqa: FBT001 - a condition
    """Go on only if it holds.

    Raises:
        TokenRejected: it does not.
    """
    if not holds:
        raise TokenRejected(claim, description)


def text(claims: Claims, name: str) -> str:
    """Return a claim that must be a text, and not an empty one."""
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        raise TokenRejected(name, "is missing")
    return value


def number(claims: Claims, name: str) -> float:
    """Return a claim that must be a time."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TokenRejected(name, "is missing or no time")
    return value
