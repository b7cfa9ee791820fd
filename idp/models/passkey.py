"""Passkeys: WebAuthn credentials of the provider's own relying party. WebAuthn Level 3."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

UNKNOWN = uuid.UUID(int=0)
"""The AAGUID of authenticators that do not tell their model. WebAuthn Level 3, 6.5.1."""


class Passkey(models.Model):
    """One credential. `anchor` is the root that vouched for it, as SHA-256; empty without one.

    A credential that may be backed up says so for its whole life; whether it is changes.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="passkeys"
    )
    credential_id = models.BinaryField(unique=True, max_length=1023)
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField(default=0)
    name = models.CharField(max_length=80)
    backup_eligible = models.BooleanField()
    backed_up = models.BooleanField(default=False)
    aaguid = models.UUIDField(default=UNKNOWN)
    anchor = models.CharField(max_length=64, blank=True)
    enrolment = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(backed_up=False) | models.Q(backup_eligible=True),
                name="only_eligible_passkeys_are_backed_up",
            ),
        )

    def __str__(self) -> str:
        return self.name
