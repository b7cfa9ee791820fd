"""Passkeys: WebAuthn credentials of the provider's own relying party. WebAuthn Level 3."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Passkey(models.Model):
    """One credential. `possession` is its grade (ASSURANCE.md): 1 unless attested."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="passkeys"
    )
    credential_id = models.BinaryField(unique=True, max_length=1023)
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField(default=0)
    name = models.CharField(max_length=80)
    backup_eligible = models.BooleanField()
    possession = models.PositiveSmallIntegerField(default=1)
    enrolment = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name
