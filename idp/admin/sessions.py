"""Sessions of people's browsers."""

from __future__ import annotations

from itertools import chain
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from idp.admin import why_level
from idp.admin.lists import Explained
from idp.admin.window import Window, tell
from idp.authentication import profiles, session
from idp.models import Session
from idp.policy import get_policy
from idp.protocol import acr, evidence_record
from idp.tasks import deliver_soon


@admin.register(Session)
class SessionAdmin(Explained, Window):
    """Sessions of people's browsers."""

    change_form_outer_before_template = why_level.TEMPLATE
    list_display = ("id", "user", "created_at", "expires_at", "ended_at")
    list_filter = (("ended_at", admin.EmptyFieldListFilter),)
    list_select_related = ("user",)
    search_fields = ("user__username", "user__subject")
    fields = ("id", "user", "created_at", "expires_at", "ended_at")
    actions = ("end",)

    def about(self, request: HttpRequest, row: Session) -> dict[str, Any]:
        """Judge what the session has now, or had when it ended, by the profile in force."""
        events = tuple(session.event_of(event) for event in row.events.all())
        now, profile = row.ended_at or timezone.now(), profiles.in_force()
        value = acr.highest(get_policy().acr_values, events, policy=profile.policy, now=now)
        record = evidence_record.build(value, events, profile=profile, now=now)
        return {"why": why_level.of(record)}

    @admin.action(description="End", permissions=["end"])
    def end(self, request: HttpRequest, queryset: QuerySet[Session]) -> None:
        """Sign the people out of these browsers."""
        for one in queryset:
            tell(request, "ended", one)
        ended = [notices for one in queryset if (notices := session.end(one)) is not None]
        deliver_soon(chain.from_iterable(ended))
        messages.success(request, f"{len(ended)} sessions ended.")
