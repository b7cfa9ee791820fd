"""Failures in a row across transactions and devices: read, count, forget. R-9.2-10."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from biometric_auth.domain import retry_limit
from biometric_auth.domain.vocabulary import Outcome
from biometric_auth.models import RetryLimit
from biometric_auth.services import security_events

_QUALITY = frozenset({Outcome.POOR_QUALITY.value, Outcome.FAILURE_TO_ACQUIRE.value})


def is_blocked(*, subject: str, soft_stop: int, now: datetime) -> bool:
    """Tell whether a capture of `subject` must be refused now, whatever it shows."""
    row = RetryLimit.objects.filter(pk=subject).first()
    if row is None or row.last_failure_at is None:
        return False
    return retry_limit.is_blocked(
        count=_count(row), soft_stop=soft_stop, last_failure_at=row.last_failure_at, now=now
    )


def is_off(*, subject: str) -> bool:
    """Tell whether the hard stop was reached: only another factor or a person reopens it."""
    row = RetryLimit.objects.filter(pk=subject).first()
    return row is not None and _count(row) >= retry_limit.HARD_STOP


def count_failure(*, subject: str, outcome: str, now: datetime) -> None:
    """Count one refused capture."""
    RetryLimit.objects.get_or_create(pk=subject)
    column = "quality_failures" if outcome in _QUALITY else "failures"
    RetryLimit.objects.filter(pk=subject).update(**{column: F(column) + 1, "last_failure_at": now})


def forget(*, subject: str) -> None:
    """Start again after a success."""
    RetryLimit.objects.filter(pk=subject).delete()


def reopen(*, subject: str) -> None:
    """Start again on an administrator's word."""
    forget(subject=subject)
    security_events.record(kind="retry_limit_reopened", subject=subject)


def _count(row: RetryLimit) -> int:
    return retry_limit.counted(failures=row.failures, quality_failures=row.quality_failures)
