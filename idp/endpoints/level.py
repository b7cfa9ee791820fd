"""Why the person's level is what it is, and what would raise it, in plain words. R-B-8.

No scores, and nothing of why a biometric was refused: only what was accepted is told.
"""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from idp.authentication import cooling_off, dispatcher, session
from idp.authentication.browser import SeeOther
from idp.authentication.methods import load_methods
from idp.endpoints import words
from idp.protocol import acr
from idp.protocol.acr import LEVEL_AGES, Event

PAGE = "/account/level/"
HIGHEST = max(LEVEL_AGES)


@never_cache
@require_safe
def level(request: HttpRequest) -> HttpResponse:
    """Show what the level rests on, how long it lasts, and what leads to a higher one."""
    state = session.current(request)
    if state is None:
        return SeeOther(f"/account/sign-in?next={PAGE}")
    now, policy = timezone.now(), session.assurance_policy()
    labels = {method.name: words.way(method) for method in load_methods().values()}
    stands = state.level(now)
    ways = dispatcher.ways_up(state, now)
    context = {
        "level": stands,
        "level_words": words.LEVELS[stands],
        "falls_at": acr.falls_at(state.events, policy=policy, now=now),
        "confirmations": [
            {
                "label": labels.get(event.method, event.method),
                "ago": _ago(event.at, now),
                "gives": _gives(event, now),
            }
            for event in _latest(state.events)
        ],
        "ways": [
            {
                "level": number,
                "words": words.LEVELS[number],
                "methods": [labels.get(name, name) for name in methods],
            }
            for number, methods in ways.items()
            if number > stands
        ],
        "can_add": max([stands, *ways]) < HIGHEST - 1,
        "highest": stands == HIGHEST,
        "cooling_off_until": cooling_off.until(state.user),
    }
    return render(request, "idp/level.html", context)


def _latest(events: tuple[Event, ...]) -> list[Event]:
    """Return the latest event of each method, the newest first."""
    latest = {event.method: event for event in events}
    return sorted(latest.values(), key=lambda event: event.at, reverse=True)


def _ago(at: datetime, now: datetime) -> str:
    minutes = (now - at).total_seconds() >= 60  # noqa: PLR2004 - a minute
    return _("%(time)s ago") % {"time": timesince(at, now, depth=1)} if minutes else _("just now")


def _gives(event: Event, now: datetime) -> str:
    alone = acr.level((event,), policy=session.assurance_policy(), now=now)
    if alone:
        return _("level %(level)d by itself") % {"level": alone}
    if now - event.at > LEVEL_AGES[1]:
        return _("too long ago to count")
    return _("counts beside another way to sign in")
