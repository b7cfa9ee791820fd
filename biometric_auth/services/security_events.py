"""Write security events. R-9.1-7."""

from __future__ import annotations

import logging
import uuid

from django.utils import timezone

from biometric_auth.models import SecurityEvent

logger = logging.getLogger(__name__)


def record(
    *, kind: str, subject: str = "", transaction: uuid.UUID | None = None, **details: str
) -> None:
    """Add one security event: words and ids only."""
    SecurityEvent.objects.create(
        at=timezone.now(), kind=kind, subject=subject, transaction=transaction, details=details
    )
    logger.warning("security event %s transaction=%s", kind, transaction)
