"""Changes to clients that wait for somebody else: the difference, and what is decided. R-9.4-3."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from idp.admin.agreed import carry_out
from idp.admin.lists import Explained
from idp.admin.window import Window
from idp.models import Client, ClientChange
from idp.oauth import client_changes
from idp.oauth.client_changes import ChangeError

State = ClientChange.State


class Waiting(admin.SimpleListFilter):
    """What somebody else has proposed, and I may decide."""

    title = "waiting"
    parameter_name = "waiting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Offer what waits for me, and what of mine waits."""
        return [("me", "for me"), ("others", "for others, by me")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return what was chosen."""
        by = request.user.get_username()
        waiting = queryset.filter(state=State.PROPOSED)
        chosen = {"me": waiting.exclude(created_by=by), "others": waiting.filter(created_by=by)}
        return chosen.get(self.value() or "", queryset)


@admin.register(ClientChange)
class ClientChangeAdmin(Explained, Window):
    """Who wants what of which client, and who agreed."""

    list_display = ("client", "what", "state", "created_by", "created_at", "decided_by")
    list_filter = (Waiting, "state")
    list_select_related = ("client",)
    search_fields = ("client__name", "client__client_id")
    fields = ("client", "state", "created_by", "created_at", "decided_by", "decided_at", "reason")
    actions = ("approve", "reject", "withdraw")
    change_form_outer_before_template = "admin/idp/client_change.html"

    def has_approve_permission(self, request: HttpRequest) -> bool:
        """Allow those whose agreement counts."""
        return request.user.has_perm("idp.approve_clientchange")

    def has_propose_permission(self, request: HttpRequest) -> bool:
        """Allow those who may change clients."""
        return request.user.has_perm("idp.change_client") or request.user.has_perm("idp.add_client")

    def about(self, request: HttpRequest, row: ClientChange) -> dict[str, Any]:
        """Return the difference, and what can be done about it."""
        return {"change_of": self._shown(request, row)}

    @admin.display(description="what")
    def what(self, change: ClientChange) -> str:
        """Return the fields."""
        return ", ".join(label(name) for name in change.after)

    @admin.action(description="Approve", permissions=["approve"])
    def approve(self, request: HttpRequest, queryset: QuerySet[ClientChange]) -> None:
        """Apply them."""
        self._step(request, queryset, client_changes.approve)

    @admin.action(description="Reject", permissions=["approve"])
    def reject(self, request: HttpRequest, queryset: QuerySet[ClientChange]) -> None:
        """Refuse them, with the reason that the page asks for."""
        reason = request.POST.get("reason", "")
        self._step(request, queryset, client_changes.reject, reason=reason)

    @admin.action(description="Withdraw", permissions=["propose"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[ClientChange]) -> None:
        """Give one's own up."""
        self._step(request, queryset, client_changes.withdraw)

    def _shown(self, request: HttpRequest, row: ClientChange) -> dict[str, Any]:
        mine = row.created_by == request.user.get_username()
        waits = row.state == State.PROPOSED
        may_approve = waits and not mine and self.has_approve_permission(request)
        return {
            "row": row,
            "difference": [
                (label(name), said(row.before.get(name)), said(value))
                for name, value in row.after.items()
            ],
            "waits": waits,
            "mine": mine,
            "may_approve": may_approve,
            "may_withdraw": waits and mine and self.has_propose_permission(request),
        }

    def _step(
        self,
        request: HttpRequest,
        rows: QuerySet[ClientChange],
        step: Callable[..., ClientChange],
        **more: str,
    ) -> None:
        carry_out(
            self,
            request,
            rows,
            lambda key, by: step(change_id=key, by=by, **more),
            refusal=ChangeError,
            called=lambda row: row.client,
        )


def hold_back(client: Client) -> dict[str, Any]:
    """Return what of `client` needs somebody else, and put back what is stored.

    A new client is stored as it is, and does nothing before somebody else has approved it.
    """
    stored = Client.objects.filter(pk=client.pk).first()
    if stored is None:
        held = {"is_active": True} if client.is_active else {}
        client.is_active = False
        return held
    held = client_changes.difference(stored, client)
    for name in (*held, "sector_identifier"):
        setattr(client, name, getattr(stored, name))
    return held


def label(name: str) -> str:
    """Return what a field is called on the pages."""
    return str(getattr(Client._meta.get_field(name), "verbose_name", name))


def said(value: Any) -> str:
    """Return a value to read: lists by line."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "\n".join(str(one) for one in value) or "none"
    if isinstance(value, dict):
        return json.dumps(value, indent=2)
    return str(value) if value not in (None, "") else "none"
