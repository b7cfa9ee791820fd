"""Pairwise subject identifiers: what one sector calls a person. OpenID Connect Core 8.1."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from idp.models.user import new_subject_identifier


class PairwiseSubject(models.Model):
    """One random identifier for a person and a sector. It never changes and is never reassigned.

    Stored rather than derived: no key that is lost or changed can rename everybody, and
    nobody who learns a key can link what two sectors know.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="pairwise_subjects"
    )
    sector_identifier = models.CharField(max_length=255)
    subject = models.CharField(max_length=64, unique=True, default=new_subject_identifier)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["user", "sector_identifier"], name="one_pairwise_subject_per_sector"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} at {self.sector_identifier}"
