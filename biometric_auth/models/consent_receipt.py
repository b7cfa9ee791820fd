"""Consent receipts. R-10-1, R-10-2; GDPR articles 7 and 9."""

from __future__ import annotations

import uuid

from django.db import models


class ConsentReceipt(models.Model):
    """Who agreed to which wording, when and how; `signed` is the same as a JWS."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.CharField(max_length=64, db_index=True)
    transaction = models.UUIDField(unique=True)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    text_version = models.CharField(max_length=64)
    text_sha256 = models.CharField(max_length=64)
    language = models.CharField(max_length=35)
    purpose = models.CharField(max_length=40)
    application_model = models.CharField(max_length=10)
    retention = models.DurationField()
    signed = models.TextField()

    class Meta:
        ordering = ("-given_at",)

    def __str__(self) -> str:
        return f"{self.purpose}, {self.given_at:%Y-%m-%d}"
