"""Two databases: references apart from the provider's tables. R-6.1-1."""

from __future__ import annotations

from typing import Any

from django.db import models

BIOMETRIC = "biometric"


class BiometricRouter:
    """Send `biometric_auth` to its own alias, all else to the default one."""

    def db_for_read(self, model: type[models.Model], **_hints: Any) -> str:
        """Return the alias of `model`."""
        return BIOMETRIC if model._meta.app_label == "biometric_auth" else "default"

    db_for_write = db_for_read

    def allow_relation(self, one: models.Model, other: models.Model, **_hints: Any) -> bool:
        """Allow relations inside one side only."""
        return self.db_for_read(type(one)) == self.db_for_read(type(other))

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool:
        """Migrate each side in its own database."""
        return (db == BIOMETRIC) == (app_label == "biometric_auth")
