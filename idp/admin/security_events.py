"""What happened: events are only ever added."""

from __future__ import annotations

from django.contrib import admin

from idp.admin.window import Window
from idp.models import SecurityEvent


@admin.register(SecurityEvent)
class SecurityEventAdmin(Window):
    """What happened."""

    exports = True
    list_display = ("at", "kind", "subject", "client_id")
    list_filter = ("kind",)
    search_fields = ("subject", "client_id")
    date_hierarchy = "at"
