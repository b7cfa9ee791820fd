"""The provider as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class IdpConfig(AppConfig):
    """OpenID Provider."""

    name = "idp"
    verbose_name = "Identity provider"

    def ready(self) -> None:
        """Register the system checks."""
        from idp import checks  # noqa: F401, PLC0415 - registered by import
