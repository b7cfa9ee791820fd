"""Models of authenticators whose attestation counts, and what is known of them. FIDO MDS 3.0."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint


class AuthenticatorModelQuerySet(models.QuerySet["AuthenticatorModel"]):
    """Verbs on models."""

    def of_fido(self) -> Self:
        """Return those that FIDO's metadata tells of."""
        return self.filter(source=AuthenticatorModel.Source.FIDO)


class AuthenticatorModel(models.Model):
    """What one source says of one model. `roots`: PEM by SHA-256.

    `number` and `next_update` are those of the metadata BLOB.
    """

    class Source(models.TextChoices):
        FIDO = "fido", "FIDO metadata"
        PINNED = "pinned", "pinned here"

    aaguid = models.UUIDField()
    source = models.CharField(max_length=6, choices=Source.choices)
    description = models.CharField(max_length=200)
    roots = models.JSONField()
    in_hardware = models.BooleanField()
    certified = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=40, blank=True)
    number = models.PositiveIntegerField(default=0)
    next_update = models.DateField(null=True, blank=True)
    loaded_at = models.DateTimeField()

    objects = AuthenticatorModelQuerySet.as_manager()

    class Meta:
        ordering = ("description",)
        constraints = (
            UniqueConstraint(fields=["aaguid", "source"], name="one_statement_of_a_source"),
            CheckConstraint(condition=Q(certified__lte=3), name="fido_certifies_up_to_3"),
        )

    def __str__(self) -> str:
        return self.description
