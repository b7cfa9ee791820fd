"""Security-relevant happenings, for the administrator. No biometric data, no secrets. R-9.1-7."""

from __future__ import annotations

import logging
import uuid
from functools import partial
from typing import Any, Self

from django.db import models, transaction
from django.utils import timezone

from idp import sealing
from idp.protocol import event_chain

logger = logging.getLogger(__name__)


class SecurityEvent(models.Model):
    """One happening: what, whose, at which client. Rows are only ever added, by `record`."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(default=timezone.now, db_index=True)
    kind = models.CharField(max_length=60, db_index=True)
    subject = models.CharField(max_length=64, blank=True)
    client_id = models.CharField(max_length=120, blank=True)
    details = models.JSONField(default=dict)
    mac = models.CharField(max_length=64, editable=False)

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M:%S}"

    @classmethod
    def record(cls, kind: str, *, subject: str = "", client: str = "", **details: Any) -> Self:
        """Add one event in the caller's transaction: it is there if the thing happened.

        Once that is committed, the log says so: without the details, which may name people.
        """
        row = cls(at=timezone.now(), kind=kind, subject=subject, client_id=client, details=details)
        row.mac = event_chain.event_mac(keys()[0], row.content())
        row.save(force_insert=True)
        told = {"security_event": row.uuid, "kind": kind, "subject": subject, "client": client}
        transaction.on_commit(partial(logger.info, "security event %s", kind, extra=told))
        return row

    def content(self) -> dict[str, object]:
        """Return what the MAC covers: every column, less the one that the database numbers."""
        return {
            "uuid": str(self.uuid),
            "at": self.at.isoformat(),
            "kind": self.kind,
            "subject": self.subject,
            "client": self.client_id,
            "details": self.details,
        }


class EventLink(models.Model):
    """The place of one event in the chain. `number` is given by the chain, without a gap."""

    number = models.PositiveBigIntegerField(primary_key=True)
    event = models.OneToOneField(SecurityEvent, on_delete=models.PROTECT, related_name="link")
    at = models.DateTimeField()
    mac = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"link {self.number}"


def keys() -> tuple[bytes, ...]:
    """Return the keys of the MACs: the present one, then those of earlier secret keys."""
    return sealing.mac_keys(sealing.SECURITY_EVENTS)
