"""Back-channel logout: which client has to be told that a session ended, and whether it was.

OpenID Connect Back-Channel Logout 1.0 2.5, 2.7. The row is the message: a lost task loses
nothing, because the sweep finds what is still due.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from idp.models.client import Client


class LogoutNoticeQuerySet(models.QuerySet["LogoutNotice"]):
    """Verbs on logout notices."""

    def due(self, now: datetime) -> Self:
        """Return what is to be delivered now."""
        return self.filter(state=LogoutNotice.State.PENDING, next_attempt_at__lte=now)


class LogoutNotice(models.Model):
    """One client to be told of one ended session. `subject` is the client's name for the person.

    `attempts` lists what was tried: ``{"at": ISO 8601, "outcome": "200" | "timeout" | ...}``.
    """

    class State(models.TextChoices):
        PENDING = "pending"
        DELIVERED = "delivered"
        GIVEN_UP = "given_up"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="logout_notices")
    sid = models.CharField(max_length=64)
    subject = models.CharField(max_length=255)
    state = models.CharField(max_length=12, choices=State.choices, default=State.PENDING)
    attempts = models.JSONField(default=list)
    created_at = models.DateTimeField(db_index=True)
    next_attempt_at = models.DateTimeField()

    objects = LogoutNoticeQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["client", "sid"], name="one_notice_per_ended_session"),
        )
        indexes = (
            models.Index(
                fields=["next_attempt_at"], condition=Q(state="pending"), name="due_logout_notices"
            ),
        )

    def __str__(self) -> str:
        return f"{self.client_id} about {self.sid}"
