"""Recovery codes, by their keyed hashes alone. NIST SP 800-63B-4, 3.1.2 and 4.2.1; R-9.4-9."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from idp.models.user import User


class RecoveryCodeQuerySet(models.QuerySet["RecoveryCode"]):
    """Verbs on recovery codes."""

    def unused(self) -> Self:
        """Return those that still serve."""
        return self.filter(used_at=None)

    def spend(self, person: User, code_hmacs: Sequence[str], now: datetime) -> bool:
        """Use a code up; True for exactly one caller. One guarded UPDATE."""
        return self.unused().filter(user=person, code_hmac__in=code_hmacs).update(used_at=now) == 1


class RecoveryCode(models.Model):
    """One code of a set of ten. A used one stays, so that the person sees how many are left."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recovery_codes"
    )
    code_hmac = models.CharField(max_length=64)
    enrolment = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    objects = RecoveryCodeQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["user", "code_hmac"], name="one_row_per_code"),
        )
        indexes = (models.Index(fields=["user"], condition=Q(used_at=None), name="unused_codes"),)

    def __str__(self) -> str:
        return f"recovery code of {self.user}"
