"""Sessions of people's browsers."""

from __future__ import annotations

from itertools import chain

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from idp.admin.window import Window, tell
from idp.authentication import session
from idp.models import Session
from idp.tasks import deliver_soon


@admin.register(Session)
class SessionAdmin(Window):
    """Sessions of people's browsers."""

    list_display = ("id", "user", "created_at", "expires_at", "ended_at")
    list_select_related = ("user",)
    search_fields = ("user__username", "user__subject")
    fields = ("id", "user", "created_at", "expires_at", "ended_at")
    actions = ("end",)

    @admin.action(description="End", permissions=["end"])
    def end(self, request: HttpRequest, queryset: QuerySet[Session]) -> None:
        """Sign the people out of these browsers."""
        for one in queryset:
            tell(request, "ended", one)
        ended = [notices for one in queryset if (notices := session.end(one)) is not None]
        deliver_soon(chain.from_iterable(ended))
        messages.success(request, f"{len(ended)} sessions ended.")
