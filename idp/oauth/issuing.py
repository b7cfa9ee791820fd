"""What every grant shares: token values, their rows, and what happens when one leaks.

RFC 6749 5.1; RFC 6750; RFC 9700 4.14; OIDC.md B2, B10.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from authlib.oauth2.rfc6749 import InvalidGrantError
from authlib.oauth2.rfc6750 import BearerTokenGenerator

from idp.models import AccessToken, Client, Grant, RefreshToken, SecurityEvent
from idp.oauth.id_token import id_token
from idp.policy import get_policy
from idp.protocol import opaque


def bearer_tokens() -> BearerTokenGenerator:
    """Return Authlib's generator with our values: random text, stored as hashes."""
    return BearerTokenGenerator(
        access_token_generator=lambda **_: opaque.new(),
        refresh_token_generator=lambda **_: opaque.new(),
        expires_generator=lambda _client, _type: _seconds(),
    )


def store(
    token: Mapping[str, Any],
    *,
    grant: Grant,
    client: Client,
    now: datetime,
    refresh_scope: str,
    refresh_expires_at: datetime,
) -> None:
    """Keep the hashes of a token response."""
    AccessToken.objects.create(
        token_sha256=opaque.digest(token["access_token"]),
        grant=grant,
        client=client,
        scope=token.get("scope", ""),
        issued_at=now,
        expires_at=now + get_policy().access_token_lifetime,
    )
    if "refresh_token" in token:
        RefreshToken.objects.create(
            token_sha256=opaque.digest(token["refresh_token"]),
            grant=grant,
            client=client,
            scope=refresh_scope,
            issued_at=now,
            expires_at=refresh_expires_at,
        )


def add_id_token(token: dict[str, Any], *, grant: Grant, client: Client, nonce: str = "") -> None:
    """Add an ID token to a token response whose scope has ``openid``. Core 3.1.3.3, 12.2."""
    if "openid" in token.get("scope", "").split():
        token["id_token"] = id_token(grant, client, nonce=nonce, access_token=token["access_token"])


def front_channel_token(grant: Grant, client: Client, *, now: datetime) -> dict[str, str]:
    """Return an access token for the authorization response, never a refresh token.

    RFC 6749 4.2.2.
    """
    token = {
        "access_token": opaque.new(),
        "token_type": "Bearer",
        "expires_in": str(_seconds()),
        "scope": grant.scope,
    }
    store(token, grant=grant, client=client, now=now, refresh_scope="", refresh_expires_at=now)
    return token


def revoke(grant: Grant, *, kind: str, client: Client) -> None:
    """Stop the family, and tell the administrator why. `client` presented the value."""
    Grant.objects.filter(pk=grant.pk).revoke()
    SecurityEvent.objects.create(
        kind=kind,
        subject=grant.user.subject if grant.user else "",
        client_id=client.client_id,
        details={"grant": str(grant.pk)},
    )


def refused() -> InvalidGrantError:
    """Return the one answer to every code or refresh token that is of no use."""
    return InvalidGrantError("The grant is invalid, expired or revoked.")


def _seconds() -> int:
    return int(get_policy().access_token_lifetime.total_seconds())
