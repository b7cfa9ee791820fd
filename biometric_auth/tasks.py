"""Erasure and purging in the background. Arguments are ids; every task may run twice. R-9.4-6."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable
from functools import partial

from celery import shared_task
from django.db import transaction
from django.utils.module_loading import import_string
from kombu.exceptions import OperationalError

from biometric_auth.policy import DATABASE, get_policy
from biometric_auth.services import lifecycle

logger = logging.getLogger(__name__)


@shared_task(acks_late=True, autoretry_for=(OSError,), retry_backoff=True, max_retries=8)
def erase_reference(reference_id: str) -> bool:
    """Erase one revoked reference. True once, then False."""
    return _end(uuid.UUID(reference_id))


@shared_task(acks_late=True)
def erase_revoked() -> int:
    """End references whose term is over and erase all that are revoked: repairs lost messages."""
    lifecycle.expire_references()
    return sum(_end(one) for one in lifecycle.revoked_ids())


@shared_task(acks_late=True)
def purge_transactions() -> int:
    """Expire what is over and delete what is old."""
    return lifecycle.purge_transactions()


def _end(reference_id: uuid.UUID) -> bool:
    """Let end at the provider what rests on a reset face, then erase the reference.

    In this order: a task that dies in between is repeated as a whole.
    """
    if subject := lifecycle.reset_person(reference_id=reference_id):
        import_string(get_policy().method_reset)(subject, "face")
    return lifecycle.erase(reference_id=reference_id)


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
