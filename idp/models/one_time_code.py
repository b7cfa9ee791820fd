"""Secrets of one-time codes, sealed, with the last time step that was used. RFC 6238."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models


class OneTimeCodeSecret(models.Model):
    """What a person's app shares with the provider. A code of `last_step` or before is spent."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="one_time_code"
    )
    sealed = models.BinaryField()
    last_step = models.BigIntegerField()
    enrolment = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"one-time codes of {self.user}"

    def spend(self, step: int, now: datetime) -> bool:
        """Use up the codes until `step` by one guarded UPDATE; False when they were before."""
        unspent = OneTimeCodeSecret.objects.filter(pk=self.pk, last_step__lt=step)
        return bool(unspent.update(last_step=step, last_used_at=now))
