"""Sealed features of an enrolment under way. R-9.4-2: never in clear, gone at its end."""

from __future__ import annotations

from django.db import models

from biometric_auth.models.transaction import Transaction


class EnrolmentSample(models.Model):
    """What one accepted capture gave, sealed under the transaction's data key."""

    transaction = models.ForeignKey(Transaction, on_delete=models.CASCADE, related_name="samples")
    index = models.PositiveSmallIntegerField()
    sealed = models.BinaryField()

    class Meta:
        ordering = ("index",)
        constraints = (
            models.UniqueConstraint(fields=["transaction", "index"], name="one_sample_per_capture"),
        )

    def __str__(self) -> str:
        return f"sample {self.index}"
