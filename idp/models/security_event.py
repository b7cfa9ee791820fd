"""Security-relevant happenings, for the administrator. No biometric data, no secrets."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any, Self

from django.db import models, transaction

logger = logging.getLogger(__name__)


class SecurityEvent(models.Model):
    """One happening: what, whose, at which client. Rows are only ever added."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    kind = models.CharField(max_length=60, db_index=True)
    subject = models.CharField(max_length=64, blank=True)
    client_id = models.CharField(max_length=120, blank=True)
    details = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M:%S}"

    @classmethod
    def record(cls, kind: str, *, subject: str = "", client: str = "", **details: Any) -> Self:
        """Add one event in the caller's transaction: it is there if the thing happened.

        Once that is committed, the log says so: without the details, which may name people.
        """
        row = cls.objects.create(kind=kind, subject=subject, client_id=client, details=details)
        told = {"security_event": row.pk, "kind": kind, "subject": subject, "client": client}
        transaction.on_commit(partial(logger.info, "security event %s", kind, extra=told))
        return row
