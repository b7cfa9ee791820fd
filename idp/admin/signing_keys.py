"""Signing keys: public halves and dates. OIDC.md L3."""

from __future__ import annotations

from django.contrib import admin

from idp.admin.window import Window
from idp.models import SigningKey


@admin.register(SigningKey)
class SigningKeyAdmin(Window):
    """Signing keys; `manage.py rotate_keys` makes the next ones."""

    list_display = ("kid", "algorithm", "number", "activates_at", "retires_at")
    fields = (
        "kid",
        "algorithm",
        "number",
        "public_jwk",
        "created_at",
        "activates_at",
        "retires_at",
    )
