"""The end-user: the subject of ID tokens. OpenID Connect Core 2 (`sub`), 5.1 (claims)."""

from __future__ import annotations

import secrets

from django.contrib.auth.models import AbstractUser
from django.db import models

from idp.contract import Subject


def new_subject_identifier() -> str:
    """Return a subject identifier that tells nothing about the person."""
    return secrets.token_hex(16)


class User(AbstractUser):
    """A person who signs in. `subject` never changes and is never reassigned."""

    subject = models.CharField(
        max_length=64, unique=True, default=new_subject_identifier, editable=False
    )
    claims = models.JSONField(
        default=dict, blank=True, help_text="Standard claims of OpenID Connect Core 5.1."
    )

    def as_subject(self) -> Subject:
        """Return the person as authentication methods know them."""
        return Subject(self.subject, self.get_full_name() or self.get_username())
