"""Initial access tokens: who may register a client dynamically. RFC 7591 3; OIDC.md L4."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from idp.protocol import opaque


class InitialAccessTokenQuerySet(models.QuerySet["InitialAccessToken"]):
    """Verbs on initial access tokens."""

    def usable(self, now: datetime) -> Self:
        """Return those that are neither revoked, expired nor used up."""
        unspent = Q(uses_left=None) | Q(uses_left__gt=0)
        return self.filter(unspent, is_active=True, expires_at__gt=now)

    def opens(self, value: str, now: datetime) -> bool:
        """Return whether the token of `value` can be used; it is not used by asking."""
        return self.usable(now).filter(token_sha256=opaque.digest(value)).exists()

    def revoke(self) -> int:
        """Let nobody register with these any more; return how many that changed."""
        return self.filter(is_active=True).update(is_active=False)

    def spend(self, value: str, now: datetime) -> InitialAccessToken | None:
        """Use the token of `value` once and return it; None if it cannot be used.

        One guarded UPDATE, so that parallel registrations do not use one token twice.
        """
        found = self.filter(token_sha256=opaque.digest(value)).first()
        usable = self.usable(now).filter(pk=found.pk) if found else self.none()
        return found if usable.update(uses_left=F("uses_left") - 1) else None


class InitialAccessToken(models.Model):
    """A permission to register. Its value is shown once; `uses_left` None: no limit."""

    name = models.CharField(max_length=120)
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    uses_left = models.PositiveIntegerField(null=True, blank=True, default=1)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    objects = InitialAccessTokenQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def new_value(self) -> str:
        """Return a fresh value, of which only the hash is kept; the caller saves the row."""
        value = opaque.new()
        self.token_sha256 = opaque.digest(value)
        return value
