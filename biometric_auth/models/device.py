"""Devices: keys that prove possession. AGENT-PROTOCOL, "Device"; R-9.3-1, R-9.3-2."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q


class Device(models.Model):
    """One device key of one subject.

    `public_key` is a COSE key (webauthn) or a public JWK as JSON (jws). `possession` and
    `enrolment` are grades of ASSURANCE.md; `model` is the AAGUID (WebAuthn 6.5.1), as far as
    the device says. Until `settled_at` the device cools off.
    """

    class Kind(models.TextChoices):
        WEBAUTHN = "webauthn"
        JWS = "jws"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.CharField(max_length=64, db_index=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    public_key = models.BinaryField()
    credential_id = models.BinaryField(null=True, blank=True, max_length=1023)
    sign_count = models.BigIntegerField(default=0)
    possession = models.PositiveSmallIntegerField(default=1)
    backup_eligible = models.BooleanField(default=False)
    name = models.CharField(max_length=80)
    model = models.CharField(max_length=60, blank=True)
    enrolment = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["credential_id"],
                condition=Q(removed_at=None),
                name="one_device_per_credential",
            ),
            models.CheckConstraint(
                condition=Q(backup_eligible=False) | Q(possession__lte=1),
                name="backup_eligible_key_is_possession_1",
            ),
        )

    def __str__(self) -> str:
        return self.name
