"""What a person has agreed to give a client. OpenID Connect Core 3.1.2.4."""

from __future__ import annotations

from collections.abc import Collection

from django.conf import settings
from django.db import models

from idp.models.client import Client
from idp.models.user import User


class ConsentQuerySet(models.QuerySet["Consent"]):
    """Verbs on consents."""

    def hold(self, user: User, client: Client, scope: Collection[str]) -> bool:
        """Keep a consent from being withdrawn before this transaction ends.

        False if it was withdrawn, narrowed, or its client ended. SQLite has no lock of a row, and
        needs none: there whoever has written in a transaction is the only one who writes.
        """
        mine = self.filter(user=user, client=client, client__is_active=True)
        given = mine.select_for_update(of=("self",)).first()
        return given is not None and set(scope) <= set(given.scope.split())


class Consent(models.Model):
    """A remembered consent; a request within its scope is not asked again."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="consents"
    )
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="consents")
    scope = models.TextField()
    granted_at = models.DateTimeField()

    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["user", "client"], name="one_consent_per_client"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} to {self.client_id}"
