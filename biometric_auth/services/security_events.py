"""Record security events. R-9.1-7."""

from __future__ import annotations

import logging
import uuid
from functools import partial

from django.db import transaction as transactions
from django.utils import timezone

from biometric_auth.domain import event_chain
from biometric_auth.models import SecurityEvent
from biometric_auth.policy import DATABASE, get_policy
from biometric_auth.vault import keyring

logger = logging.getLogger(__name__)
PURPOSE = "countersign security events"


def record(
    *, kind: str, subject: str = "", transaction: uuid.UUID | None = None, **details: str
) -> None:
    """Add one event in the caller's transaction: words and ids only.

    Once that is committed, the log says so: without the details.
    """
    row = SecurityEvent(
        at=timezone.now(), kind=kind, subject=subject, transaction=transaction, details=details
    )
    row.mac = event_chain.event_mac(keys()[0], row.content())
    row.save(force_insert=True)
    told = {
        "security_event": row.uuid,
        "kind": kind,
        "subject": subject,
        "transaction": transaction,
    }
    transactions.on_commit(
        partial(logger.info, "security event %s", kind, extra=told), using=DATABASE
    )


def keys() -> tuple[bytes, ...]:
    """Return the keys of the MACs: of the present epoch, then of those before."""
    return keyring.load(get_policy().key_ring).mac_keys(PURPOSE)
