"""The end-user: the subject of ID tokens. OpenID Connect Core 2 (`sub`), 5.1 (claims)."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q

from idp.contract import Subject


def new_subject_identifier() -> str:
    """Return a subject identifier that tells nothing about the person."""
    return secrets.token_hex(16)


class User(AbstractUser):
    """A person who signs in. `subject` never changes and is never reassigned.

    Until `cooling_off_until` no authentication counts in full (ASSURANCE.md, `cooling_off`).
    """

    subject = models.CharField(
        max_length=64, unique=True, default=new_subject_identifier, editable=False
    )
    claims = models.JSONField(
        default=dict, blank=True, help_text="Standard claims of OpenID Connect Core 5.1."
    )
    cooling_off_until = models.DateTimeField(null=True, blank=True, editable=False)

    def cool_off(self, until: datetime) -> None:
        """Let nothing count in full until then; a time that ends later already stays."""
        sooner = Q(cooling_off_until=None) | Q(cooling_off_until__lt=until)
        if User.objects.filter(sooner, pk=self.pk).update(cooling_off_until=until):
            self.cooling_off_until = until

    def as_subject(self) -> Subject:
        """Return the person as authentication methods know them."""
        return Subject(self.subject, self.get_full_name() or self.get_username())
