"""What a person has agreed to give a client. OpenID Connect Core 3.1.2.4."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from idp.models.client import Client


class Consent(models.Model):
    """A remembered consent; a request within its scope is not asked again."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="consents"
    )
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="consents")
    scope = models.TextField()
    granted_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["user", "client"], name="one_consent_per_client"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} to {self.client_id}"
