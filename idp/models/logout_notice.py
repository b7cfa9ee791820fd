"""Back-channel logout: which client has to be told that a session ended, and whether it was.

OpenID Connect Back-Channel Logout 1.0 2.3, 2.5. The row is the message: a lost task loses
nothing, because the sweep finds what is still due.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q

from idp.models.client import Client
from idp.models.session import Session, sid_of
from idp.models.token import Grant

LEASE = timedelta(minutes=1)
"""For whoever delivers; longer than a request may take. A killed worker's notice is due again."""
MOST_ATTEMPTS = 8
_FIRST_PAUSE = timedelta(minutes=1)


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after so many failures: 1, 2, 4, … 64 minutes, two hours in all."""
    return _FIRST_PAUSE * (1 << (attempts - 1))


class LogoutNoticeQuerySet(models.QuerySet["LogoutNotice"]):
    """Verbs on logout notices."""

    def announce(self, session: Session, now: datetime) -> list[LogoutNotice]:
        """Make a notice for each client that `session` signed the person in at, if it listens.

        Call it in the transaction that ends the session: once, and never without the other.
        """
        listening = Grant.objects.filter(session=session).exclude(client__backchannel_logout_uri="")
        subjects = dict(listening.order_by("created_at").values_list("client_id", "subject"))
        return self.bulk_create(
            LogoutNotice(
                client_id=client_id,
                sid=sid_of(session.pk, client_id),
                subject=subject,
                created_at=now,
                next_attempt_at=now,
            )
            for client_id, subject in subjects.items()
        )

    def due(self, now: datetime) -> Self:
        """Return what is to be delivered now."""
        return self.filter(state=LogoutNotice.State.PENDING, next_attempt_at__lte=now)

    def claim(self, notice_id: uuid.UUID, now: datetime) -> LogoutNotice | None:
        """Return the notice to whoever delivers it: one at a time, and again after `LEASE`."""
        mine = self.due(now).filter(pk=notice_id).update(next_attempt_at=now + LEASE)
        return self.select_related("client").get(pk=notice_id) if mine else None


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

    def record(self, outcome: str, *, delivered: bool, lasting: bool, now: datetime) -> bool:
        """Write down what an attempt came to; True if this caller still held the notice.

        `lasting`: no further attempt can succeed.
        """
        held = LogoutNotice.objects.filter(
            pk=self.pk, state=self.State.PENDING, next_attempt_at=self.next_attempt_at
        )
        attempts = [*self.attempts, {"at": now.isoformat(timespec="seconds"), "outcome": outcome}]
        if delivered:
            self.state = self.State.DELIVERED
        elif lasting or len(attempts) >= MOST_ATTEMPTS:
            self.state = self.State.GIVEN_UP
        self.attempts, self.next_attempt_at = attempts, now + pause_after(len(attempts))
        return bool(
            held.update(state=self.state, attempts=attempts, next_attempt_at=self.next_attempt_at)
        )
