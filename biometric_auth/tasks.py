"""Erasure and purging in the background. Arguments are ids; every task may run twice. R-9.4-6."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable
from functools import partial

from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

from biometric_auth.policy import DATABASE
from biometric_auth.services import lifecycle

logger = logging.getLogger(__name__)


@shared_task(acks_late=True, autoretry_for=(OSError,), retry_backoff=True, max_retries=8)
def erase_reference(reference_id: str) -> bool:
    """Erase one revoked reference. True once, then False."""
    return lifecycle.erase(reference_id=uuid.UUID(reference_id))


@shared_task(acks_late=True)
def erase_revoked() -> int:
    """End references whose term is over and erase all that are revoked: repairs lost messages."""
    lifecycle.expire_references()
    return sum(lifecycle.erase(reference_id=one) for one in lifecycle.revoked_ids())


@shared_task(acks_late=True)
def purge_transactions() -> int:
    """Expire what is over and delete what is old."""
    return lifecycle.purge_transactions()


def erase_soon(reference_ids: Iterable[uuid.UUID]) -> None:
    """Queue the erasure of references once their revocation is committed."""
    for reference_id in reference_ids:
        transaction.on_commit(partial(_queue, str(reference_id)), using=DATABASE)


def _queue(reference_id: str) -> None:
    try:
        erase_reference.apply_async((reference_id,), retry=False)
    except OperationalError:
        # The hourly sweep erases what this message would have.
        logger.warning("erasure of reference %s was not queued", reference_id)
