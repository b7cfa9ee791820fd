"""Security-relevant happenings, for the administrator. No biometric data, no secrets."""

from __future__ import annotations

from django.db import models


class SecurityEvent(models.Model):
    """One happening: what, whose, at which client. Rows are only ever added."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    kind = models.CharField(max_length=60, db_index=True)
    subject = models.CharField(max_length=64, blank=True)
    client_id = models.CharField(max_length=120, blank=True)
    details = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M:%S}"
