"""What people gave to clients, and what they agreed to."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from idp.admin import why_level
from idp.admin.lists import Explained
from idp.admin.window import Window, tell
from idp.models import Consent, Grant
from idp.oauth import consents


@admin.register(Grant)
class GrantAdmin(Explained, Window):
    """What people gave to clients."""

    change_form_outer_before_template = why_level.TEMPLATE
    exports = True
    list_display = ("id", "user", "client", "scope", "acr", "created_at", "revoked_at")
    list_filter = ("client", "acr", ("revoked_at", admin.EmptyFieldListFilter))
    date_hierarchy = "created_at"
    list_select_related = ("user", "client")
    search_fields = ("user__username", "user__subject")
    actions = ("revoke",)

    def about(self, request: HttpRequest, row: Grant) -> dict[str, Any]:
        """Return what was decided when it was granted, and what speaks against the record."""
        doubts = [] if row.has_signed_evidence() else [why_level.UNSIGNED]
        return {"why": why_level.of_stored(row.evidence_record, doubts)}

    @admin.action(description="Revoke", permissions=["end"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Grant]) -> None:
        """Stop every token of the grants."""
        for grant in queryset:
            tell(request, "revoked", grant, client=grant.client.client_id)
        count = Grant.objects.filter(pk__in=queryset).revoke()
        messages.success(request, f"{count} grants revoked.")


@admin.register(Consent)
class ConsentAdmin(Window):
    """What people agreed to."""

    exports = True
    list_display = ("user", "client", "scope", "granted_at")
    list_select_related = ("user", "client")
    search_fields = ("user__username", "user__subject")
    actions = ("withdraw",)

    @admin.action(description="Withdraw", permissions=["end"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Consent]) -> None:
        """Take the consents back for the people, with every token that came from them."""
        for consent in queryset.select_related("user", "client"):
            tell(request, "withdrawn", consent, client=consent.client.client_id)
            consents.withdraw(consent)
        messages.success(request, "The consents were withdrawn.")
