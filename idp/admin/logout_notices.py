"""Which clients had to be told of a logout, and whether they were. Back-Channel Logout 1.0 2.7."""

from __future__ import annotations

from django.contrib import admin

from idp.admin.window import Window
from idp.models import LogoutNotice


@admin.register(LogoutNotice)
class LogoutNoticeAdmin(Window):
    """Notices of ended sessions, with every attempt to deliver them."""

    list_display = ("created_at", "client", "state", "tries", "next_attempt_at")
    list_filter = ("state", "client")
    list_select_related = ("client",)
    search_fields = ("sid", "subject", "client__client_id")
    date_hierarchy = "created_at"
    fields = ("client", "sid", "subject", "state", "attempts", "created_at", "next_attempt_at")

    @admin.display(description="attempts")
    def tries(self, notice: LogoutNotice) -> int:
        """Return how often it was tried."""
        return len(notice.attempts)
