"""What every grant shares: token responses, their rows, and what happens when one leaks.

RFC 6749 5.1; RFC 6750; RFC 9700 4.14; OIDC.md B2, B10.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from authlib.oauth2.rfc6749 import InvalidGrantError

from idp.models import AccessToken, Client, Grant, RefreshToken, SecurityEvent
from idp.oauth import access_token
from idp.oauth.access_token import Target
from idp.protocol import opaque


@dataclass(frozen=True, slots=True)
class Answer:
    """A token response and the rows behind it. Nothing of it is valid before `store`."""

    body: dict[str, Any] = field(repr=False)
    rows: tuple[AccessToken | RefreshToken, ...]
    is_jwt: bool

    def store(self) -> None:
        """Keep the hashes; in the transaction that uses up what was exchanged.

        Raises:
            InvalidGrantError: the grant has ended since it was read. An opaque token would be
                of no use; a JWT that a resource server checks by itself must not be given.
        """
        for row in self.rows:
            row.save(force_insert=True)
        live = Grant.objects.filter(pk=self.rows[0].grant_id, revoked_at=None)
        if self.is_jwt and not live.exists():
            raise refused()


def prepare(grant: Grant, client: Client, target: Target, *, now: datetime) -> Answer:
    """Return an answer with an access token for `target`."""
    value, row = access_token.new(grant, client, target, now=now)
    return Answer(
        {
            "access_token": value,
            "token_type": "Bearer",
            "expires_in": row.get_expires_in(),
            "scope": row.scope,
        },
        (row,),
        is_jwt=target.form == Client.TokenFormat.JWT,
    )


def renewable(answer: Answer, *, scope: str, expires_at: datetime) -> Answer:
    """Return `answer` with a refresh token for `scope` beside the access token."""
    value, access = opaque.new(), answer.rows[0]
    row = RefreshToken(
        token_sha256=opaque.digest(value),
        grant=access.grant,
        client=access.client,
        scope=scope,
        issued_at=access.issued_at,
        expires_at=expires_at,
    )
    return Answer(answer.body | {"refresh_token": value}, (access, row), is_jwt=answer.is_jwt)


def front_channel_token(grant: Grant, client: Client, *, now: datetime) -> dict[str, str]:
    """Return an access token for the authorization response, never a refresh token.

    RFC 6749 4.2.2.
    """
    target = access_token.target(grant, client, scope=grant.scope.split())
    answer = prepare(grant, client, target, now=now)
    answer.store()
    return {name: str(value) for name, value in answer.body.items()}


def revoke(grant: Grant, *, kind: str, client: Client) -> None:
    """Stop the family, and tell the administrator why. `client` presented the value."""
    Grant.objects.filter(pk=grant.pk).revoke()
    report(grant, kind=kind, client=client)


def report(grant: Grant, *, kind: str, client: Client) -> None:
    """Tell the administrator what `client` did with a token of `grant`."""
    SecurityEvent.record(
        kind,
        subject=grant.user.subject if grant.user else "",
        client=client.client_id,
        grant=str(grant.pk),
    )


def refused() -> InvalidGrantError:
    """Return the one answer to every code or refresh token that is of no use."""
    return InvalidGrantError("The grant is invalid, expired or revoked.")
