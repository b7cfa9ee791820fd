"""Recoveries and the letters about them, for the help desk. R-9.4-9; THREATS.md T-8.3-13.

The help desk sees no link, no code and no password: it begins a recovery, and two of them can
answer for somebody who has nothing left to show.
"""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from idp.admin.window import Window
from idp.authentication import recovery
from idp.models import Letter, Recovery


@admin.register(Recovery)
class RecoveryAdmin(Window):
    """Who asked for a recovery, who vouched for them, and how far it came."""

    list_display = ("created_at", "user", "started_by", "vouched_by", "shown", "stage")
    list_select_related = ("user",)
    search_fields = ("user__username", "user__subject", "started_by", "vouched_by")
    date_hierarchy = "created_at"
    fields = (
        "user",
        "started_by",
        "vouched_by",
        "shown",
        "created_at",
        "opened_at",
        "finished_at",
        "expires_at",
    )
    actions = ("vouch",)

    @admin.display(description="stage")
    def stage(self, row: Recovery) -> str:
        """Return how far it came."""
        if row.finished_at:
            return "finished"
        return "link opened" if row.opened_at else "link not opened"

    @admin.action(description="Vouch: I have established who this is", permissions=["end"])
    def vouch(self, request: HttpRequest, queryset: QuerySet[Recovery]) -> None:
        """Answer for people whom a colleague of the help desk has begun to recover."""
        for row in queryset.select_related("user"):
            if recovery.vouch(row, by=request.user.get_username()):
                messages.success(request, f"{row.user}: vouched for. Ask them to load their page.")
            else:
                messages.error(
                    request,
                    f"{row.user}: no. It takes somebody else than who began it, once, before it "
                    "ends, and a recovery that the help desk has begun.",
                )


@admin.register(Letter)
class LetterAdmin(Window):
    """Letters to people: of what kind, and whether they were sent; never what they say."""

    list_display = ("created_at", "user", "kind", "state", "attempts", "next_attempt_at")
    list_filter = ("state", "kind")
    list_select_related = ("user",)
    search_fields = ("user__username", "user__subject", "address")
    date_hierarchy = "created_at"
    fields = ("user", "kind", "address", "language", "state", "attempts", "next_attempt_at")
