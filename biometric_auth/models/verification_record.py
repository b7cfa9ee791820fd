"""One line per judged capture: what was decided, under which rules. R-9.4-4, R-6.2.5-1."""

from __future__ import annotations

import uuid

from django.db import models


class VerificationRecord(models.Model):
    """Private record: outcome class and rules, never a score, a probe or a template."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(db_index=True)
    subject = models.CharField(max_length=64, db_index=True)
    transaction = models.UUIDField()
    purpose = models.CharField(max_length=16)
    device = models.UUIDField(null=True, blank=True)
    reference = models.UUIDField(null=True, blank=True)
    accepted = models.BooleanField()
    outcome = models.CharField(max_length=40)
    duration_ms = models.PositiveIntegerField()
    engine = models.CharField(max_length=120)
    operating_point = models.CharField(max_length=200)
    policy_version = models.PositiveIntegerField()

    class Meta:
        ordering = ("-at",)
        permissions = (("watch_verificationrecord", "Can see how often each cause refuses"),)
        indexes = (models.Index(fields=["transaction"], name="records_of_a_transaction"),)

    def __str__(self) -> str:
        return f"{self.purpose} at {self.at:%Y-%m-%d %H:%M:%S}"
