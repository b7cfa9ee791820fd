"""Token introspection. RFC 7662; RFC 9470 6.2 (acr and auth_time for resource servers)."""

from __future__ import annotations

from typing import Any

from idp.models import Client
from idp.oauth.userinfo import live_token
from idp.policy import get_policy
from idp.protocol.errors import ErrorCode, ProtocolError

INACTIVE: dict[str, Any] = {"active": False}


def introspect(client: Client, value: str) -> dict[str, Any]:
    """Tell `client` about an access token that was issued to it; nothing about any other.

    Raises:
        ProtocolError: there is no token to tell about.
    """
    if not value:
        raise ProtocolError(ErrorCode.INVALID_REQUEST, "The token is missing.")
    token = live_token(value)
    if token is None or not token.check_client(client):
        return INACTIVE
    grant = token.grant
    found = {
        "active": True,
        "iss": get_policy().issuer,
        "sub": grant.subject,
        "client_id": client.client_id,
        "scope": token.scope,
        "token_type": "Bearer",
        "iat": int(token.issued_at.timestamp()),
        "exp": int(token.expires_at.timestamp()),
    }
    if grant.auth_time is None:  # a client on its own behalf
        return found
    authenticated = {
        "acr": grant.acr,
        "amr": grant.amr,
        "auth_time": int(grant.auth_time.timestamp()),
    }
    return found | authenticated
