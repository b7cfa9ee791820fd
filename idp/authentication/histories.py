"""The stored evidence of the last authentications, to try a profile on. R-9.1-5."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from idp.authentication import profiles, session
from idp.models import AuthenticationEvent
from idp.protocol import what_if
from idp.protocol.acr import Event
from idp.protocol.assurance import AssurancePolicy
from idp.protocol.what_if import History, WhatIf

LAST = 1000


def last(count: int = LAST) -> list[History]:
    """Return the last authentications: each with what its session had, at its own moment."""
    newest = AuthenticationEvent.objects.order_by("-at", "-pk")[:count]
    chosen = {row.pk: row for row in newest}
    sessions: dict[UUID, list[Event]] = defaultdict(list)
    histories: list[History] = []
    rows = AuthenticationEvent.objects.filter(session__in={r.session_id for r in chosen.values()})
    for row in rows.order_by("at", "pk").iterator(chunk_size=LAST):
        events = sessions[row.session_id]
        events.append(session.event_of(row))
        if row.pk in chosen:
            histories.append((tuple(events), row.at))
    return histories


def try_out(policy: AssurancePolicy, *, count: int = LAST) -> WhatIf:
    """Return what `policy` would change of the last `count` authentications."""
    return what_if.compare(last(count), before=profiles.in_force().policy, after=policy)
