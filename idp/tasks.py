"""Periodic work of the provider. Arguments are ids or nothing; running twice changes nothing."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from typing import Any
from uuid import UUID

from celery import shared_task
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from kombu.exceptions import OperationalError

from idp import anchors, event_logs, keys
from idp.authentication import letters, recovery, session
from idp.models import (
    AccessToken,
    AuthorizationCode,
    Grant,
    Interaction,
    Letter,
    LogoutNotice,
    Recovery,
    RefreshToken,
    Session,
    SigningKey,
)
from idp.oauth import back_channel, unused_clients
from idp.oauth.refresh import GRACE
from idp.policy import get_policy

logger = logging.getLogger(__name__)

TRACE = timedelta(days=1)
"""How long a used code or interaction stays, so that a second use is still recognised."""
HISTORY = timedelta(days=30)
"""How long an administrator can see which clients were told of a logout."""
LOST = timedelta(minutes=1)
"""After which a message that nobody has taken up counts as lost."""
_BATCH = 2_000
_MOST_DELIVERIES = 500


@shared_task(acks_late=True)
def purge_expired() -> int:
    """Delete what can never be used again, and answers that are not given again.

    Returns how many rows were deleted.
    """
    now = timezone.now()
    given = RefreshToken.objects.filter(sealed_answer__isnull=False, used_at__lt=now - GRACE)
    given.update(sealed_answer=None)
    return sum(_delete(rows) for rows in _dead(now))


@shared_task(acks_late=True)
def delete_unused_clients() -> int:
    """Delete clients that registered themselves and that nobody uses; return how many."""
    return unused_clients.delete_unused(timezone.now())


@shared_task(acks_late=True)
def rotate_signing_keys() -> int:
    """Publish the next signing keys where the present ones are old; return how many."""
    return len(keys.rotate_due())


@shared_task(acks_late=True)
def chain_security_events() -> int:
    """Chain what was recorded since the last time, in every log; return how many."""
    return sum(log.extend() for log in event_logs.every().values())


@shared_task(acks_late=True)
def anchor_security_events() -> int:
    """Write down elsewhere where the logs end that have grown; return how many."""
    return anchors.write()


def _dead(now: datetime) -> tuple[QuerySet[Any], ...]:
    """Return the rows to delete, leaves first. A used refresh token stays until it expires."""
    expired = now - TRACE
    oldest = expired - get_policy().refresh_token_lifetime
    spent = Grant.objects.filter(codes=None, access_tokens=None, refresh_tokens=None)
    return (
        AuthorizationCode.objects.filter(expires_at__lt=expired),
        AccessToken.objects.filter(expires_at__lt=expired),
        RefreshToken.objects.filter(expires_at__lt=expired),
        Interaction.objects.filter(expires_at__lt=expired),
        spent.filter(created_at__lt=oldest),
        spent.filter(created_at__lt=expired, user=None),  # a client's own, never refreshed
        Session.objects.filter(expires_at__lt=expired),
        LogoutNotice.objects.filter(created_at__lt=now - HISTORY),
        Letter.objects.filter(created_at__lt=now - HISTORY),
        Recovery.objects.filter(expires_at__lt=expired, letter=None),
        SigningKey.objects.filter(retires_at__lt=expired),
    )


def _delete(rows: QuerySet[Any]) -> int:
    """Delete in batches, so that no lock is held for long."""
    total = 0
    while batch := list(rows.values_list("pk", flat=True)[:_BATCH]):
        rows.filter(pk__in=batch).delete()
        total += len(batch)
    return total


@shared_task(acks_late=True)
def deliver_logout(notice_id: str) -> bool:
    """Tell one client that a session ended, if that is due; True when the client has heard."""
    return back_channel.deliver(UUID(notice_id), now=timezone.now())


def deliver_soon(notices: Iterable[UUID]) -> None:
    """Queue the delivery of notices once the end of their session is committed."""
    for notice_id in notices:
        transaction.on_commit(partial(_queue, str(notice_id)))


def _queue(notice_id: str) -> None:
    _hand_over(deliver_logout, notice_id)


def _hand_over(task: Any, row_id: str) -> None:
    try:
        task.apply_async((row_id,), retry=False)
    except OperationalError:
        # The sweep of the next minute finds it.
        logger.warning("%s of %s was not queued", task.name, row_id)


@shared_task(acks_late=True)
def sweep_logouts() -> int:
    """Queue every delivery that is due: a new attempt, or a message that got lost."""
    due = LogoutNotice.objects.due(timezone.now()).order_by("next_attempt_at")
    waiting = list(due.values_list("pk", flat=True)[:_MOST_DELIVERIES])
    deliver_soon(waiting)
    return len(waiting)


@shared_task(acks_late=True)
def end_expired_sessions() -> int:
    """End sessions whose time is over, so that their clients hear of it; return how many."""
    now = timezone.now()
    over = Session.objects.filter(ended_at=None, expires_at__lte=now)[:_BATCH]
    ended = [notices for one in over if (notices := session.end(one)) is not None]
    deliver_soon(chain.from_iterable(ended))
    return len(ended)


@shared_task(acks_late=True)
def begin_recovery(recovery_id: str) -> bool:
    """Look up whose recovery was asked for, and send the link; True when it was sent."""
    letter = recovery.look_up(UUID(recovery_id))
    return letter is not None and letters.send(letter, now=timezone.now())


def recover_soon(recovery_id: UUID) -> None:
    """Queue the look-up of a recovery. The sweep finds it when the queue does not take it."""
    transaction.on_commit(partial(_hand_over, begin_recovery, str(recovery_id)))


@shared_task(acks_late=True)
def send_letter(letter_id: str) -> bool:
    """Send one letter, if that is due."""
    return letters.send(UUID(letter_id), now=timezone.now())


def send_soon(letter_id: UUID) -> None:
    """Queue a letter once what it tells of is committed."""
    transaction.on_commit(partial(_hand_over, send_letter, str(letter_id)))


@shared_task(acks_late=True)
def sweep_letters() -> int:
    """Queue every letter that is due, and every look-up whose message got lost."""
    now = timezone.now()
    due = Letter.objects.due(now).order_by("next_attempt_at")
    waiting = list(due.values_list("pk", flat=True)[:_MOST_DELIVERIES])
    for letter_id in waiting:
        send_soon(letter_id)
    lost = Recovery.objects.waiting().filter(created_at__lt=now - LOST, expires_at__gt=now)
    asked = list(lost.values_list("pk", flat=True)[:_MOST_DELIVERIES])
    for recovery_id in asked:
        recover_soon(recovery_id)
    return len(waiting) + len(asked)
