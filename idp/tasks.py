"""Periodic work of the provider. Arguments are ids or nothing; running twice changes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from celery import shared_task
from django.db.models import QuerySet
from django.utils import timezone

from idp import keys
from idp.models import (
    AccessToken,
    AuthorizationCode,
    Grant,
    Interaction,
    RefreshToken,
    Session,
    SigningKey,
)
from idp.oauth.refresh import GRACE
from idp.policy import get_policy

TRACE = timedelta(days=1)
"""How long a used code or interaction stays, so that a second use is still recognised."""
_BATCH = 2_000


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
def rotate_signing_keys() -> int:
    """Publish the next signing keys where the present ones are old; return how many."""
    return len(keys.rotate_due())


def _dead(now: datetime) -> tuple[QuerySet[Any], ...]:
    """Return the rows to delete, leaves first. A used refresh token stays until it expires."""
    expired = now - TRACE
    oldest = expired - get_policy().refresh_token_lifetime
    return (
        AuthorizationCode.objects.filter(expires_at__lt=expired),
        AccessToken.objects.filter(expires_at__lt=expired),
        RefreshToken.objects.filter(expires_at__lt=expired),
        Interaction.objects.filter(expires_at__lt=expired),
        Grant.objects.filter(
            created_at__lt=oldest, codes=None, access_tokens=None, refresh_tokens=None
        ),
        Session.objects.filter(expires_at__lt=expired),
        SigningKey.objects.filter(retires_at__lt=expired),
    )


def _delete(rows: QuerySet[Any]) -> int:
    """Delete in batches, so that no lock is held for long."""
    total = 0
    while batch := list(rows.values_list("pk", flat=True)[:_BATCH]):
        rows.filter(pk__in=batch).delete()
        total += len(batch)
    return total
