"""Token introspection, also as a JWT. RFC 7662; RFC 9701; RFC 9470 6.2; OIDC.md B16."""

from __future__ import annotations

import json
import time
from typing import Any

from django.utils import timezone
from joserfc import jws

from idp.models import AccessToken, Client, RefreshToken
from idp.oauth import access_token, jose
from idp.oauth.userinfo import live_token
from idp.policy import get_policy
from idp.protocol import opaque
from idp.protocol.errors import ErrorCode, ProtocolError

INACTIVE: dict[str, Any] = {"active": False}
TYPE = "token-introspection+jwt"
MEDIA_TYPE = f"application/{TYPE}"
_DEFAULT_ALGORITHM = "RS256"  # RFC 9701 6


def introspect(client: Client, value: str) -> dict[str, Any]:
    """Tell `client` about a token; nothing about one that is neither its own nor for it.

    Raises:
        ProtocolError: there is no token to tell about.
    """
    if not value:
        raise ProtocolError(ErrorCode.INVALID_REQUEST, "The token is missing.")
    if token := live_token(value):
        return _access(token, value) if _may_know(client, token) else INACTIVE
    now = timezone.now()
    rows = RefreshToken.objects.select_related("grant__user", "grant__client", "grant__session")
    found = rows.filter(
        token_sha256=opaque.digest(value), client=client, used_at=None, expires_at__gt=now
    ).first()
    return _refresh(found) if found and found.grant.is_renewable(now) else INACTIVE


def as_jwt(found: dict[str, Any], client: Client) -> str:
    """Return the answer as a JWT for the caller alone. RFC 9701 5.

    Raises:
        ProtocolError: it is to be encrypted, and the client has no key for that.
    """
    return jose.for_client(
        {
            "iss": get_policy().issuer,
            "aud": client.client_id,
            "iat": int(time.time()),
            "token_introspection": found,
        },
        client,
        typ=TYPE,
        algorithm=client.introspection_signed_response_alg or _DEFAULT_ALGORITHM,
        key_management=client.introspection_encrypted_response_alg,
        content_encryption=client.introspection_encrypted_response_enc,
    )


def _may_know(client: Client, token: AccessToken) -> bool:
    """Return whether it was issued to the client, or to be shown to the client's resource."""
    if token.check_client(client):
        return True
    mine = client.resources.filter(identifier=token.audience, is_active=True)
    return bool(token.audience) and mine.exists()


def _access(token: AccessToken, value: str) -> dict[str, Any]:
    found = {"active": True, "token_type": "Bearer"} | access_token.claims(token)
    if "." in value:  # a JWT of ours: its hash was found
        found["jti"] = json.loads(jws.extract_compact(value.encode()).payload)["jti"]
    return found


def _refresh(token: RefreshToken) -> dict[str, Any]:
    return {
        "active": True,
        "iss": get_policy().issuer,
        "sub": token.grant.subject,
        "client_id": token.grant.client.client_id,
        "scope": token.scope,
        "iat": int(token.issued_at.timestamp()),
        "exp": int(token.expires_at.timestamp()),
    }
