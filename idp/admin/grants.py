"""What people gave to clients, and what they agreed to."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from idp.admin.why_level import UNSIGNED, Explained
from idp.admin.window import Window, tell
from idp.models import Consent, Grant
from idp.oauth import consents
from idp.protocol import evidence_json
from idp.protocol.evidence_record import EvidenceRecord


@admin.register(Grant)
class GrantAdmin(Explained):
    """What people gave to clients."""

    exports = True
    list_display = ("id", "user", "client", "scope", "acr", "created_at", "revoked_at")
    list_filter = ("client", "acr", ("revoked_at", admin.EmptyFieldListFilter))
    date_hierarchy = "created_at"
    list_select_related = ("user", "client")
    search_fields = ("user__username", "user__subject")
    actions = ("revoke",)

    def decided_from(self, row: Grant) -> EvidenceRecord | None:
        """Return the record that was kept when it was granted."""
        return evidence_json.parse(row.evidence_record) if row.evidence_record else None

    def doubts(self, row: Grant) -> list[str]:
        """Return what speaks against the record."""
        return [] if row.has_signed_evidence() else [UNSIGNED]

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
