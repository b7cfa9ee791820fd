"""Token introspection. RFC 7662; RFC 9470 6.2 (acr and auth_time for resource servers)."""

from __future__ import annotations

from typing import Any

from idp.models import Client
from idp.oauth import access_token
from idp.oauth.userinfo import live_token
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
    return {"active": True, "token_type": "Bearer"} | access_token.claims(token)
