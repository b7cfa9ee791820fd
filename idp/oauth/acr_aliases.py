"""Other names for `acr` values: given, taken back, understood. OpenID Connect Core 2, 3.1.2.1.

A name is given and taken back in a transaction, so that what is checked still holds when it is
committed: who gives one waits at the rows of the clients that will see it, who takes one back
or stores a client that names it waits at its own.
"""

from __future__ import annotations

from collections.abc import Iterable

from idp.models import AcrAlias, Client, Grant
from idp.policy import get_policy
from idp.protocol import acr_alias
from idp.protocol.acr_alias import Resolved


def resolve(names: tuple[str, ...], client: Client) -> Resolved:
    """Return what `names` mean at `client`. No query where all of them are our own."""
    foreign = [name for name in names if acr_alias.is_name(name)]
    if not foreign:
        return acr_alias.resolve(names, {})
    rows = AcrAlias.objects.in_force().visible_at(client).filter(name__in=foreign)
    return acr_alias.resolve(names, dict(rows.values_list("name", "value")))


def find(name: str, value: str, client: Client) -> AcrAlias | None:
    """Return the alias by which `client` calls `value`; None for no name, or one taken back."""
    if not name:
        return None
    rows = AcrAlias.objects.in_force().visible_at(client)
    return rows.filter(name=name, value=value).first()


def advertised() -> list[str]:
    """Return the values of the deployment with its aliases, weakest first. Discovery 1.0 3."""
    shared = AcrAlias.objects.in_force().filter(client=None)
    return acr_alias.with_aliases(get_policy().acr_values, [row.rule for row in shared])


def refusal(alias: AcrAlias) -> str:
    """Return why `alias` cannot be added, as a sentence; empty if it can. In a transaction."""
    clients = Client.objects.order_by("pk").select_for_update(no_key=True)
    if alias.client_id:
        clients = clients.filter(pk=alias.client_id)
    list(clients.values_list("pk"))
    others = AcrAlias.objects.filter(name=alias.name).exclude(pk=alias.pk)
    return acr_alias.refusal(alias.rule, [other.rule for other in others])


def uses(alias: AcrAlias) -> list[str]:
    """Return what still needs `alias`, as sentences; none if it can go. In a transaction."""
    list(AcrAlias.objects.select_for_update().filter(pk=alias.pk))
    named = [
        f"{client.name} asks for it where a request names no level (default acr values)."
        for client in _sees(alias)
        if alias.name in client.default_acr_values
    ]
    live = Grant.objects.filter(acr_alias=alias).usable().count()
    if live:
        named.append(f"Tokens of {live} live grants carry it; revoke them, or wait.")
    return named


def hold(names: Iterable[str], client: Client) -> None:
    """Keep what a client names from going before it is stored. In a transaction."""
    rows = AcrAlias.objects.select_for_update(no_key=True).filter(name__in=list(names))
    list(rows.visible_at(client) if client.pk else rows.filter(client=None))


def _sees(alias: AcrAlias) -> Iterable[Client]:
    clients = Client.objects.filter(is_active=True)
    return clients.filter(pk=alias.client_id) if alias.client_id else clients
