"""Models of authenticators: what FIDO's metadata and pinned roots say of them. FIDO MDS 3.0."""

from __future__ import annotations

from django.contrib import admin

from idp.admin.window import Window
from idp.models import AuthenticatorModel


@admin.register(AuthenticatorModel)
class AuthenticatorModelAdmin(Window):
    """Models whose attestation counts. They come by `load_authenticator_metadata`."""

    list_display = ("description", "aaguid", "source", "certified", "problem", "next_update")
    list_filter = ("source", "certified", "problem")
    search_fields = ("description", "aaguid")
    fields = (
        "description",
        "aaguid",
        "source",
        "in_hardware",
        "certified",
        "problem",
        "number",
        "next_update",
        "loaded_at",
    )
