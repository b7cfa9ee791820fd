"""The provider as a Django application."""

from __future__ import annotations

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class IdpConfig(AppConfig):
    """OpenID Provider."""

    name = "idp"
    verbose_name = "Identity provider"

    def ready(self) -> None:
        """Register the system checks, and what every migration sets up: roles and triggers."""
        from idp import append_only, checks  # noqa: F401, PLC0415 - registered by import
        from idp.admin import roles  # noqa: PLC0415 - needs the models

        for app in filter(apps.is_installed, roles.APPS):
            post_migrate.connect(
                roles.set_up, sender=apps.get_app_config(app), dispatch_uid=f"idp.roles.{app}"
            )
        for app in filter(apps.is_installed, append_only.APPS):
            post_migrate.connect(
                append_only.protect,
                sender=apps.get_app_config(app),
                dispatch_uid=f"idp.append_only.{app}",
            )
