"""Chain the recorded security events, and look whether the chain holds. R-9.1-7; ADR 20.

`idp.contract.EventLog` says what the provider's commands and periodic work ask of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from biometric_auth.domain import event_chain
from biometric_auth.models import EventLink, SecurityEvent
from biometric_auth.policy import DATABASE
from biometric_auth.services.security_events import keys

LATE = timedelta(hours=1)
"""How much older than the newest chained event one can be that was committed after it."""
OVERDUE = timedelta(minutes=10)
"""How long an event may wait to be chained."""
_BATCH = 1_000


def extend() -> int:
    """Chain the events that are not yet chained; return how many.

    Where two processes do so at once, the number of the next link lets one of them win.
    """
    total = 0
    while (added := _extend_by_a_batch()) > 0:
        total += added
    return total


def head() -> tuple[int, str] | None:
    """Return number and MAC of the newest link."""
    return EventLink.objects.order_by("-number").values_list("number", "mac").first()


def waiting() -> int:
    """Return how many events are not chained yet."""
    return SecurityEvent.objects.filter(link=None).count()


def faults(anchors: Mapping[int, str]) -> Iterator[str]:
    """Yield a sentence for everything that is wrong with the log."""
    yield from event_chain.faults(_links(), keys=keys(), anchors=anchors)
    overdue = timezone.now() - OVERDUE
    unchained = SecurityEvent.objects.filter(link=None).order_by("pk")
    for row in unchained.iterator(chunk_size=_BATCH):
        event = _event(row)
        if not event_chain.is_genuine(event, keys=keys()):
            yield f"{event.name}, not chained: it was changed, or never recorded."
        elif row.at < overdue:
            yield f"{event.name}: recorded at {row.at:%Y-%m-%d %H:%M:%S} and never chained."


def _extend_by_a_batch() -> int:
    last = EventLink.objects.order_by("-number").first()
    number, previous = (last.number, last.mac) if last else (0, event_chain.ORIGIN)
    links, now = [], timezone.now()
    for row in _unchained(last)[:_BATCH]:
        number += 1
        previous = event_chain.link_mac(
            keys()[0], previous=previous, number=number, at=now.isoformat(), event_mac=row.mac
        )
        links.append(EventLink(number=number, event=row, at=now, mac=previous))
    try:
        with transaction.atomic(using=DATABASE):
            return len(EventLink.objects.bulk_create(links))
    except IntegrityError:
        return 0


def _unchained(last: EventLink | None) -> QuerySet[SecurityEvent]:
    """Return what to chain next, oldest first, without a look at all that is chained."""
    rows = SecurityEvent.objects.filter(link=None).order_by("at", "pk")
    if last is None:
        return rows
    newest = SecurityEvent.objects.filter(pk=last.event_id).values_list("at", flat=True).first()
    # None: somebody has deleted it, and the chain goes on.
    return rows.filter(at__gte=newest - LATE) if newest else rows


def _links() -> Iterator[event_chain.Link]:
    after = -1
    while rows := list(EventLink.objects.filter(number__gt=after).order_by("number")[:_BATCH]):
        events = SecurityEvent.objects.in_bulk([row.event_id for row in rows])
        for row in rows:
            event = events.get(row.event_id)
            told = _event(event) if event else None
            yield event_chain.Link(row.number, row.at.isoformat(), row.mac, told)
        after = rows[-1].number


def _event(row: SecurityEvent) -> event_chain.Event:
    return event_chain.Event(f"Event {row.pk} ({row.uuid})", row.content(), row.mac)
