"""Signing keys of the provider, sealed at rest. RFC 7517; OIDC.md H2, H3."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q


class SigningKeyQuerySet(models.QuerySet["SigningKey"]):
    """Verbs on keys."""

    def published(self, now: datetime) -> Self:
        """Return the keys that clients should know: waiting, active, or still checkable."""
        return self.filter(Q(retires_at=None) | Q(retires_at__gt=now))


class SigningKey(models.Model):
    """One key pair. Published at once, signs from `activates_at`, forgotten at `retires_at`.

    `number` counts the keys of an algorithm: of two processes that create the next key at
    the same moment, the constraint lets one win.
    """

    kid = models.CharField(max_length=64, primary_key=True)
    algorithm = models.CharField(max_length=8)
    number = models.PositiveIntegerField()
    public_jwk = models.JSONField()
    sealed_private = models.BinaryField()
    created_at = models.DateTimeField()
    activates_at = models.DateTimeField()
    retires_at = models.DateTimeField(null=True, blank=True)

    objects = SigningKeyQuerySet.as_manager()

    class Meta:
        ordering = ("algorithm", "number")
        constraints = (
            models.UniqueConstraint(fields=["algorithm", "number"], name="one_key_per_number"),
        )

    def __str__(self) -> str:
        return f"{self.algorithm} {self.kid}"
