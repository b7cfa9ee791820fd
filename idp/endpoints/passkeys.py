"""Passkeys of the signed-in person: list, add, remove. WebAuthn Level 3, 7.1; OIDC.md J8.

Adding or removing a way to sign in needs a fresh session, at the level that the account's
other methods can reach: whoever stole a password cannot give themselves a second factor
beside the one that the person has.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from idp.authentication import dispatcher, passkey, passkey_registration, session
from idp.authentication.browser import SeeOther
from idp.authentication.session import Current
from idp.endpoints.account import RECENT

PAGE = "/account/passkeys/"
SIGN_IN = f"/account/sign-in?next={PAGE}"
P = ParamSpec("P")


def freshly_signed_in(
    view: Callable[Concatenate[HttpRequest, Current, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Call `view` with a session that is fresh and strong enough, else ask for one."""

    @wraps(view)
    @never_cache
    def checked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        state = session.current(request)
        if state is None or (confirm := _missing(state)):
            return SeeOther(confirm if state else SIGN_IN)
        return view(request, state, *args, **kwargs)

    return checked


def _missing(state: Current) -> str:
    """Return where to confirm before a change, or an empty string when nothing is missing."""
    now = timezone.now()
    needed = dispatcher.reachable_level(state, now)
    recent = max(event.at for event in state.events) >= now - RECENT
    if recent and state.level(now) >= needed:
        return ""
    return f"{SIGN_IN}&level={max(needed, 1)}&recent=1"


@never_cache
@require_safe
def passkeys(request: HttpRequest) -> HttpResponse:
    """List the person's passkeys, with forms to add and to remove for a fresh session."""
    state = session.current(request)
    if state is None:
        return SeeOther(SIGN_IN)
    context = {
        "owner": state.user.as_subject(),
        "passkeys": state.user.passkeys.order_by("created_at"),
        "failed": "failed" in request.GET,
        "confirm": _missing(state),
    }
    return render(request, "idp/passkeys.html", context)


@require_POST
@freshly_signed_in
def options(request: HttpRequest, state: Current) -> HttpResponse:
    """Begin a registration: options for the browser; the challenge waits for this session."""
    del request
    handle = secrets.token_urlsafe(32)
    lifetime = passkey.CHALLENGE_LIFETIME.total_seconds()
    cache.set(_key(state), handle, lifetime)
    body = passkey_registration.creation_options(handle=handle, user=state.user)
    return HttpResponse(body, content_type="application/json")


@require_POST
@freshly_signed_in
def add(request: HttpRequest, state: Current) -> HttpResponse:
    """Store the passkey that the browser has made."""
    added = passkey_registration.add(
        handle=cache.get(_key(state), ""),
        user=state.user,
        credential=request.POST.get("credential", ""),
        name=request.POST.get("name", "").strip(),
        level=state.level(timezone.now()),
    )
    return SeeOther(PAGE if added else f"{PAGE}?failed=1")


@require_POST
@freshly_signed_in
def remove(request: HttpRequest, state: Current, passkey_id: int) -> HttpResponse:
    """Remove one of the person's own passkeys."""
    del request
    passkey_registration.remove(user=state.user, passkey_id=passkey_id)
    return SeeOther(PAGE)


def _key(state: Current) -> str:
    return f"idp:passkey-registration:{state.session.pk}"
