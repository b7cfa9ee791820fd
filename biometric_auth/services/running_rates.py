"""Rates in operation, by day and by week: what an operator watches. R-9.2-19.

Figures over people, never of one: causes of refusals only as `domain.disclosure` allows, and only
of days that are over, so that nobody watches a figure rise with one person's attempt. One query
for each figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, DateTimeField, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncDay, TruncWeek

from biometric_auth.domain.disclosure import FEWEST, Tally, told_apart
from biometric_auth.domain.vocabulary import Outcome
from biometric_auth.domain.workflow import OPEN, Purpose, TransactionState
from biometric_auth.models import BiometricReference, Device, Transaction, VerificationRecord

ATTACK, INJECTED, COMPARISON, OTHER = "attack", "injected", "comparison", "other"
_CAUSES = {
    Outcome.ATTACK_PRESENTATION.value: ATTACK,
    Outcome.INJECTION.value: INJECTED,
    Outcome.NON_MATCH.value: COMPARISON,
}
_AUTHENTICATION = Q(purpose=Purpose.AUTHENTICATION.value)


@dataclass(frozen=True, slots=True)
class Trend:
    """A rate by week, for one engine and one kind of device; None where too few people."""

    engine: str
    device_kind: str
    rates: tuple[float | None, ...]


def days_until(today: date, count: int) -> list[date]:
    """Return `count` days, the last of them `today`."""
    return [today - timedelta(days=back) for back in reversed(range(count))]


def weeks_before(today: date, count: int) -> list[date]:
    """Return the Mondays of the `count` weeks before the one of `today`."""
    monday = today - timedelta(days=today.weekday())
    return [monday - timedelta(weeks=back) for back in range(count, 0, -1)]


def enrolments(days: Sequence[date]) -> tuple[int, ...]:
    """Return how many references were made on each day; erased ones count as well."""
    made = BiometricReference.objects.filter(created_at__gte=_start(days[0]))
    by_day = dict(_by_day(made, "created_at").annotate(n=Count("pk")).values_list("day", "n"))
    return tuple(by_day.get(_start(day), 0) for day in days)


def step_ups(days: Sequence[date], *, now: datetime) -> dict[str, tuple[int, ...]]:
    """Return what the authentications begun on each day came to, by outcome.

    As far back as transactions are kept (`lifecycle.TRANSACTION_RETENTION`).
    """
    waiting = [*OPEN, TransactionState.JUDGED]
    over = Q(state=TransactionState.EXPIRED) | Q(state__in=waiting, expires_at__lte=now)
    outcomes = {
        "authenticated": Q(state=TransactionState.CONSUMED),
        "refused": Q(state=TransactionState.REFUSED),
        "denied": Q(state=TransactionState.CANCELLED),
        "expired": over,
    }
    begun = Transaction.objects.filter(_AUTHENTICATION, created_at__gte=_start(days[0]))
    counts = {name: Count("pk", filter=outcome) for name, outcome in outcomes.items()}
    rows = {row["day"]: row for row in _by_day(begun, "created_at").annotate(**counts)}
    return {
        name: tuple(rows.get(_start(day), {}).get(name, 0) for day in days) for name in outcomes
    }


def refusals(days: Sequence[date]) -> list[tuple[int, dict[str, int]]]:
    """Return for each day, all of them over, how many captures were refused.

    And of these, by cause, the counts that may be told apart.
    """
    refused = VerificationRecord.objects.filter(
        accepted=False, at__gte=_start(days[0]), at__lt=_start(days[-1] + timedelta(days=1))
    )
    rows = _by_day(refused, "at", "outcome").annotate(
        count=Count("pk"), people=Count("subject", distinct=True)
    )
    found: dict[datetime, dict[str, Tally]] = {_start(day): {} for day in days}
    for row in rows:
        causes, cause = found[row["day"]], _CAUSES.get(row["outcome"], OTHER)
        so_far = causes.get(cause, Tally())
        # Of two outcomes under one name the same people may be behind both: not more than it is.
        people = max(so_far.people, row["people"])
        causes[cause] = Tally(so_far.count + row["count"], people)
    return [
        (sum(one.count for one in causes.values()), told_apart(causes)) for causes in found.values()
    ]


def false_rejections(weeks: Sequence[date]) -> list[Trend]:
    """Return the share of refused captures where the person was accepted in the end, by week.

    Whoever was accepted was who they said, so that each refusal before was a false one: an
    upper bound of the FNMR in operation, since refusals for other causes count too. Whoever gave
    up is not in it. ISO/IEC 19795-1.
    """
    records = VerificationRecord.objects
    accepted = records.filter(transaction=OuterRef("transaction"), accepted=True)
    kind = Device.objects.filter(pk=OuterRef("device")).values("kind")
    until = _start(weeks[-1] + timedelta(weeks=1))
    rows = (
        records.filter(_AUTHENTICATION, Exists(accepted), at__gte=_start(weeks[0]), at__lt=until)
        .annotate(week=TruncWeek("at", tzinfo=UTC), kind=Subquery(kind))
        .order_by("engine", "kind", "week")
        .values("engine", "kind", "week")
        .annotate(
            captures=Count("pk"),
            refused=Count("pk", filter=Q(accepted=False)),
            people=Count("subject", distinct=True),
        )
    )
    return _trends(rows, weeks)


def _trends(rows: Iterable[Any], weeks: Sequence[date]) -> list[Trend]:
    found: dict[tuple[str, str], dict[datetime, float]] = {}
    for row in rows:
        rates = found.setdefault((row["engine"], row["kind"] or ""), {})
        if row["people"] >= FEWEST:
            rates[row["week"]] = row["refused"] / row["captures"]
    return [
        Trend(engine, kind, tuple(rates.get(_start(week)) for week in weeks))
        for (engine, kind), rates in found.items()
    ]


def _by_day(rows: QuerySet[Any], moment: str, *names: str) -> QuerySet[Any, Any]:
    day = TruncDay(moment, output_field=DateTimeField(), tzinfo=UTC)
    found: QuerySet[Any, Any] = rows.annotate(day=day).order_by().values("day", *names)
    return found


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
