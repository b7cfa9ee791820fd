"""The switch that stops remote biometrics: for all, or for one of its parts. R-9.1-6."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint


class BiometricStop(models.Model):
    """One stop. It holds until somebody resumes; the row stays as a record."""

    class Scope(models.TextChoices):
        ALL = "all"
        CLIENT = "client"
        ENGINE = "engine"
        DEVICE_MODEL = "device_model"

    scope = models.CharField(max_length=12, choices=Scope.choices)
    value = models.CharField(
        max_length=120,
        blank=True,
        help_text="The client's identifier, the engine's name with version, or the AAGUID of "
        "the device's model; empty for all.",
    )
    reason = models.CharField(max_length=300)
    stopped_at = models.DateTimeField(editable=False)
    stopped_by = models.CharField(max_length=150, editable=False)
    resumed_at = models.DateTimeField(null=True, editable=False)
    resumed_by = models.CharField(max_length=150, blank=True, editable=False)

    class Meta:
        ordering = ("-stopped_at",)
        constraints = (
            UniqueConstraint(
                fields=["scope", "value"], condition=Q(resumed_at=None), name="one_stop_of_a_kind"
            ),
            CheckConstraint(
                condition=Q(scope="all", value="") | (~Q(scope="all") & ~Q(value="")),
                name="stop_names_what_it_stops",
            ),
        )

    def __str__(self) -> str:
        return f"{self.scope} {self.value}".strip()
