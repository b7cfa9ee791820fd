"""Security-relevant happenings of the authentication server, and their chain. R-9.1-7."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone


class SecurityEvent(models.Model):
    """One happening. Rows are only ever added; no biometric data, no secrets."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(default=timezone.now, db_index=True)
    kind = models.CharField(max_length=60, db_index=True)
    subject = models.CharField(max_length=64, blank=True)
    transaction = models.UUIDField(null=True, blank=True, default=None)
    details = models.JSONField(default=dict)
    mac = models.CharField(max_length=64, editable=False)

    class Meta:
        ordering = ("-at",)

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M:%S}"

    def content(self) -> dict[str, object]:
        """Return what the MAC covers: every column, less the one that the database numbers."""
        return {
            "uuid": str(self.uuid),
            "at": self.at.isoformat(),
            "kind": self.kind,
            "subject": self.subject,
            "transaction": str(self.transaction or ""),
            "details": self.details,
        }


class EventLink(models.Model):
    """The place of one event in the chain. `number` is given by the chain, without a gap."""

    number = models.PositiveBigIntegerField(primary_key=True)
    event = models.OneToOneField(SecurityEvent, on_delete=models.PROTECT, related_name="link")
    at = models.DateTimeField()
    mac = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"link {self.number}"
