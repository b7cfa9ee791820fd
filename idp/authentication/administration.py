"""Who may administer, by the session that everything else goes by. R-9.4-3, R-9.4-8; RFC 9470.

The administration has no sign-in of its own: what ends the session at the provider ends it,
and the level fades with the evidence. Both questions are put to `decide`, which plans the
sign-in too, so that whoever is sent there and comes back is not sent again.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import timezone

from idp.authentication import profiles, session
from idp.authentication.session import Current
from idp.models import User
from idp.policy import get_policy
from idp.protocol.interaction import Ask, Issue, decide

SIGN_IN = "/account/sign-in"


def person(request: HttpRequest) -> User | AnonymousUser:
    """Return whoever is signed in strongly enough to administer, else nobody."""
    state = session.current(request)
    if state is None or not _reaches(state, get_policy().administration_acr):
        return AnonymousUser()
    return state.user


def is_fresh(request: HttpRequest) -> bool:
    """Return whether the session may do what matters now: strong enough, and just confirmed."""
    policy, state = get_policy(), session.current(request)
    return state is not None and _reaches(state, policy.step_up_acr, policy.step_up_age)


def sign_in_path(page: str) -> str:
    """Return where to sign in to administer, to come back to `page`."""
    return f"{SIGN_IN}?{urlencode({'next': page, 'acr': get_policy().administration_acr})}"


def step_up_path(page: str) -> str:
    """Return where to confirm strongly and just now, to come back to `page`."""
    policy = get_policy()
    age = int(policy.step_up_age.total_seconds())
    return f"{SIGN_IN}?{urlencode({'next': page, 'acr': policy.step_up_acr, 'max_age': age})}"


def _reaches(state: Current, acr: str, age: timedelta | None = None) -> bool:
    step = decide(
        Ask(acr_values=(acr,), acr_essential=True, max_age=age),
        subject=state.user.subject,
        events=state.events,
        options=(),
        consented=None,
        declined=frozenset(),
        answered=frozenset(),
        profile=profiles.in_force(),
        now=timezone.now(),
    )
    return isinstance(step, Issue)
