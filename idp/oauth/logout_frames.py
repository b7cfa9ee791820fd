"""Logout pages of clients, to be loaded by the browser. OpenID Connect Front-Channel Logout 1.0 3.

OIDC.md K3. `iss` and `sid` go to each: other sessions of the same person go on.
"""

from __future__ import annotations

from dataclasses import dataclass

from idp.models import Client, Session
from idp.models.session import sid_of
from idp.policy import get_policy
from idp.protocol import web_uri


@dataclass(frozen=True, slots=True)
class Frame:
    """One page to load, and whose it is. `origin` is what the page may be framed from."""

    client_name: str
    url: str
    origin: str


def frames(session: Session) -> tuple[Frame, ...]:
    """Return a page for each client that `session` signed the person in at, if it has one."""
    issuer = get_policy().issuer
    listening = Client.objects.filter(grants__session=session, is_active=True)
    clients = listening.exclude(frontchannel_logout_uri="").order_by("name", "pk").distinct()
    return tuple(
        Frame(
            client.name,
            web_uri.with_query(
                client.frontchannel_logout_uri,
                {"iss": issuer, "sid": sid_of(session.pk, client.pk)},
            ),
            origin,
        )
        for client in clients
        if (origin := web_uri.origin(client.frontchannel_logout_uri))
    )
