"""Access tokens: what they are for, and their two forms. RFC 6750; RFC 8707 2.2; RFC 9068.

An opaque token is random; a JWT tells a resource server the same that it could ask for. The
row is the same, by the hash of the value: either form can be introspected and revoked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from idp.models import AccessToken, Client, Grant
from idp.oauth import assurance_claim, jose, resources
from idp.policy import get_policy
from idp.protocol import opaque
from idp.protocol.errors import ErrorCode, ProtocolError

TYPE = "at+jwt"


@dataclass(frozen=True, slots=True)
class Target:
    """What a token is for: one resource, or this provider itself (no `audience`)."""

    audience: str
    scope: tuple[str, ...]
    form: str


def target(grant: Grant, client: Client, *, scope: Sequence[str], resource: str = "") -> Target:
    """Return what a token of `grant` will be for, where a request names `resource`.

    What was authorized for one resource is for that one alone; else each token may be.

    Raises:
        ProtocolError: not the resource of the grant, an unknown one, or no scope is left.
    """
    if grant.resource and resource not in {"", grant.resource}:
        raise ProtocolError(ErrorCode.INVALID_TARGET, "The grant is for another resource.")
    identifier = resource or grant.resource
    if identifier:
        found, allowed = resources.wanted(identifier, scope)
        return Target(identifier, allowed, found.access_token_format or client.access_token_format)
    if not scope:
        raise ProtocolError(ErrorCode.INVALID_SCOPE, "No scope that the client may have.")
    return Target("", tuple(scope), client.access_token_format)


def new(grant: Grant, client: Client, target: Target, *, now: datetime) -> tuple[str, AccessToken]:
    """Return a new token, and its row, which the caller stores."""
    row = AccessToken(
        grant=grant,
        client=client,
        scope=" ".join(target.scope),
        audience=target.audience,
        issued_at=now,
        expires_at=now + get_policy().access_token_lifetime,
    )
    value = opaque.new()
    if target.form == Client.TokenFormat.JWT:
        algorithm, *_ = get_policy().id_token_signing_algorithms
        value = jose.sign(claims(row) | {"jti": value}, algorithm=algorithm, typ=TYPE)
    row.token_sha256 = opaque.digest(value)
    return value, row


def claims(token: AccessToken) -> dict[str, Any]:
    """Return what a token says, as a JWT or at introspection. RFC 9068 2.2; RFC 9470 6."""
    grant = token.grant
    found = {
        "iss": get_policy().issuer,
        "aud": token.audience or get_policy().issuer,
        "sub": grant.subject,
        "client_id": grant.client.client_id,
        "scope": token.scope,
        "iat": int(token.issued_at.timestamp()),
        "exp": int(token.expires_at.timestamp()),
    }
    if grant.sid:
        found["sid"] = grant.sid
    if grant.auth_time is None:  # a client on its own behalf
        return found
    authenticated = {"acr": grant.acr, "amr": grant.amr}
    authenticated |= assurance_claim.of(grant, token.scope.split())
    return found | authenticated | {"auth_time": int(grant.auth_time.timestamp())}
