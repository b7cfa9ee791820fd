"""One recovery of an account: asked for, opened by the link of a message, finished. R-9.4-9.

The link's token is nowhere: it is the keyed hash of the row's identifier (`idp.sealing`).
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

LIFETIME = timedelta(minutes=15)
"""Of the link, and then of the pages behind it."""


class RecoveryQuerySet(models.QuerySet["Recovery"]):
    """Verbs on recoveries. Each is one guarded UPDATE: True for exactly one caller."""

    def waiting(self) -> Self:
        """Return those whose account has not been looked up yet."""
        return self.exclude(asked="")

    def under_way(self, now: datetime) -> Self:
        """Return those that a link has opened and that can still be finished."""
        return self.filter(opened_at__isnull=False, finished_at=None, expires_at__gt=now)

    def resolve(self, recovery_id: uuid.UUID, person_id: int | None) -> bool:
        """Write down whose recovery it is, or that it is nobody's; forget what was typed."""
        return bool(self.waiting().filter(pk=recovery_id).update(asked="", user_id=person_id))

    def open(self, recovery_id: uuid.UUID, *, browser: str, now: datetime) -> bool:
        """Use the link up in the browser that asked for it, or in the first where none did."""
        unused = self.filter(pk=recovery_id, opened_at=None, expires_at__gt=now)
        mine = unused.filter(Q(browser_sha256=browser) | Q(browser_sha256=""))
        return bool(mine.update(opened_at=now, browser_sha256=browser, expires_at=now + LIFETIME))

    def show(self, recovery_id: uuid.UUID, way: str, now: datetime) -> bool:
        """Keep what was shown beside the link."""
        return bool(self.under_way(now).filter(pk=recovery_id, shown="").update(shown=way))

    def finish(self, recovery_id: uuid.UUID, now: datetime) -> bool:
        """Use the recovery up."""
        return bool(self.under_way(now).filter(pk=recovery_id).update(finished_at=now))

    def vouch(self, recovery_id: uuid.UUID, by: str, now: datetime) -> bool:
        """Let a second member of the help desk say that they know who it is."""
        open_ = self.filter(pk=recovery_id, finished_at=None, expires_at__gt=now, vouched_by="")
        return bool(open_.exclude(started_by__in=["", by]).update(vouched_by=by))


class Recovery(models.Model):
    """What somebody who cannot sign in asked for.

    `asked`: what was typed, until a worker has looked it up. `started_by`: who of the help
    desk began it, `vouched_by`: who else has established the person's identity. `shown`: the
    way (`idp.protocol.recovery.Way`) that was shown beside the link.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE
    )
    asked = models.CharField(max_length=254, blank=True)
    browser_sha256 = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=16)
    started_by = models.CharField(max_length=150, blank=True)
    vouched_by = models.CharField(max_length=150, blank=True)
    shown = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = RecoveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "recoveries"
        constraints = (
            models.CheckConstraint(
                condition=Q(vouched_by="") | ~Q(vouched_by=models.F("started_by")),
                name="two_people_vouch",
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(opened_at__isnull=False),
                name="a_finished_recovery_was_opened",
            ),
        )

    def __str__(self) -> str:
        return f"recovery of {self.user or 'nobody'}"
