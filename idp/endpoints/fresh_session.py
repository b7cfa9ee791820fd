"""Who may change the ways to sign in: a fresh session, and a strong one. OIDC.md J8; R-9.4-8.

At the level that the account's other methods can reach: whoever stole a password cannot give
themselves a second factor beside the one that the person has, nor take that one away.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from idp.authentication import dispatcher, session
from idp.authentication.browser import SeeOther
from idp.authentication.session import Current
from idp.endpoints.account import RECENT

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def freshly_signed_in(
    page: str,
) -> Callable[[Callable[Concatenate[HttpRequest, Current, P], HttpResponse]], View[P]]:
    """Call a view with a session that is fresh and strong enough, else ask for one.

    `page` is where the person comes back to.
    """

    def checking(view: Callable[Concatenate[HttpRequest, Current, P], HttpResponse]) -> View[P]:
        @wraps(view)
        @never_cache
        def checked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            state = session.current(request)
            if state is None or (confirm := missing(state, page)):
                return SeeOther(confirm if state else sign_in_path(page))
            return view(request, state, *args, **kwargs)

        return checked

    return checking


def sign_in_path(page: str) -> str:
    """Return where to sign in, to come back to `page`."""
    return f"/account/sign-in?next={page}"


def missing(state: Current, page: str) -> str:
    """Return where to confirm before a change, or an empty string when nothing is missing."""
    now = timezone.now()
    needed = dispatcher.reachable_level(state, now)
    recent = max(event.at for event in state.events) >= now - RECENT
    if recent and state.level(now) >= needed:
        return ""
    return f"{sign_in_path(page)}&level={max(needed, 1)}&recent=1"
