"""Logins that begin here and not at the client. OpenID Connect Core 4.

Whoever is signed in may open an application; it then asks for authorization as always.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from idp.models import Client, User
from idp.policy import get_policy
from idp.protocol import web_uri


@dataclass(frozen=True, slots=True)
class Application:
    """One application to open: its name, its host, and the address that begins a login."""

    name: str
    site: str
    url: str


def applications(user: User) -> tuple[Application, ...]:
    """Return what `user` may open from here, by name.

    A client that anybody may have registered is not put before people who never used it: its
    name and its address are its own claim.
    """
    vouched_for = Q(registration_token_sha256="") | Q(registered_with__isnull=False)
    offered = Client.objects.filter(vouched_for | Q(consents__user=user), is_active=True)
    clients = offered.exclude(initiate_login_uri="").order_by("name", "pk").distinct()
    said = {"iss": get_policy().issuer}
    return tuple(
        Application(
            name=client.name,
            site=origin.partition("://")[2],
            url=web_uri.with_query(client.initiate_login_uri, said),
        )
        for client in clients
        if (origin := web_uri.origin(client.initiate_login_uri))
    )
