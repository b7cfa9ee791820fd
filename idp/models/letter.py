"""Messages to people, by email: the row is the message. R-9.4-9, "All recoveries notify".

As with logout notices, a lost task loses nothing: the sweep finds what is still due.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from idp.models.logout_notice import LEASE, MOST_ATTEMPTS, pause_after
from idp.models.recovery import Recovery


class LetterQuerySet(models.QuerySet["Letter"]):
    """Verbs on letters."""

    def due(self, now: datetime) -> Self:
        """Return what is to be sent now."""
        return self.filter(state=Letter.State.PENDING, next_attempt_at__lte=now)

    def claim(self, letter_id: uuid.UUID, now: datetime) -> Letter | None:
        """Return the letter to whoever sends it: one at a time, and again after a lease."""
        mine = self.due(now).filter(pk=letter_id).update(next_attempt_at=now + LEASE)
        return self.select_related("user", "recovery").get(pk=letter_id) if mine else None


class Letter(models.Model):
    """One message to one person. What it says is made when it is sent; no secret is kept."""

    class Kind(models.TextChoices):
        RECOVERY = "recovery"
        CONFIRM_ADDRESS = "confirm_address"
        RECOVERED = "recovered"
        PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a kind of letter
        PASSKEY_ADDED = "passkey_added"
        CODE_APP_ADDED = "code_app_added"
        RECOVERY_CODES_MADE = "recovery_codes_made"
        RECOVERY_CODE_USED = "recovery_code_used"

    class State(models.TextChoices):
        PENDING = "pending"
        SENT = "sent"
        GIVEN_UP = "given_up"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="letters"
    )
    kind = models.CharField(max_length=24, choices=Kind.choices)
    address = models.EmailField()
    language = models.CharField(max_length=16)
    recovery = models.ForeignKey(Recovery, null=True, blank=True, on_delete=models.CASCADE)
    state = models.CharField(max_length=12, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(db_index=True)
    next_attempt_at = models.DateTimeField()

    objects = LetterQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(
                fields=["next_attempt_at"], condition=Q(state="pending"), name="due_letters"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} to {self.user}"

    def record(self, *, sent: bool, lasting: bool, now: datetime) -> bool:
        """Write down what an attempt came to; True if this caller still held the letter.

        `lasting`: no further attempt can be of use.
        """
        held = Letter.objects.filter(
            pk=self.pk, state=self.State.PENDING, next_attempt_at=self.next_attempt_at
        )
        attempts = self.attempts + 1
        if sent:
            self.state = self.State.SENT
        elif lasting or attempts >= MOST_ATTEMPTS:
            self.state = self.State.GIVEN_UP
        self.attempts, self.next_attempt_at = attempts, now + pause_after(attempts)
        return bool(
            held.update(state=self.state, attempts=attempts, next_attempt_at=self.next_attempt_at)
        )
