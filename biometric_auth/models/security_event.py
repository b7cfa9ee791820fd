"""Security-relevant happenings of the authentication server. R-9.1-7 (rows, no chain yet)."""

from __future__ import annotations

from django.db import models


class SecurityEvent(models.Model):
    """One happening. Rows are only ever added; no biometric data, no secrets."""

    at = models.DateTimeField(db_index=True)
    kind = models.CharField(max_length=60, db_index=True)
    subject = models.CharField(max_length=64, blank=True)
    transaction = models.UUIDField(null=True, blank=True, default=None)
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ("-at",)

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M:%S}"
