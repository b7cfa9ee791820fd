"""Resource servers that accept our access tokens. RFC 8707 2; RFC 9728."""

from __future__ import annotations

from django.contrib import admin

from idp.admin.window import Audited
from idp.models import ProtectedResource


@admin.register(ProtectedResource)
class ProtectedResourceAdmin(Audited):
    """Resource servers."""

    list_display = ("name", "identifier", "access_token_format", "client", "is_active")
    list_filter = ("is_active",)
    list_select_related = ("client",)
    search_fields = ("identifier", "name")
    autocomplete_fields = ("client",)
    fields = ("name", "identifier", "scope", "access_token_format", "client", "is_active")
