"""Record security events. R-9.1-7."""

from __future__ import annotations

import logging
import uuid
from functools import partial

from django.db import transaction as transactions
from django.utils import timezone

from biometric_auth.models import SecurityEvent
from biometric_auth.policy import DATABASE

logger = logging.getLogger(__name__)


def record(
    *, kind: str, subject: str = "", transaction: uuid.UUID | None = None, **details: str
) -> None:
    """Add one event in the caller's transaction: words and ids only.

    Once that is committed, the log says so: without the details.
    """
    row = SecurityEvent.objects.create(
        at=timezone.now(), kind=kind, subject=subject, transaction=transaction, details=details
    )
    told = {"security_event": row.pk, "kind": kind, "subject": subject, "transaction": transaction}
    transactions.on_commit(
        partial(logger.info, "security event %s", kind, extra=told), using=DATABASE
    )
