"""Failures in a row of one subject, across all transactions and devices. R-9.2-10."""

from __future__ import annotations

from django.db import models


class RetryLimit(models.Model):
    """Counters since the last success. Quality refusals are counted apart."""

    subject = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    quality_failures = models.PositiveIntegerField(default=0)
    last_failure_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.subject
