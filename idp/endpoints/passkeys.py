"""Passkeys of the signed-in person: list, add, name, remove. WebAuthn Level 3, 7.1; OIDC.md J8."""

from __future__ import annotations

import secrets

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from idp.authentication import passkey, passkey_registration, session
from idp.authentication.browser import SeeOther
from idp.authentication.passkey_registration import LastWayIn
from idp.authentication.session import Current
from idp.endpoints.fresh_session import freshly_signed_in, missing, sign_in_path

PAGE = "/account/passkeys/"


@never_cache
@require_safe
def passkeys(request: HttpRequest) -> HttpResponse:
    """List the person's passkeys, with forms to add and to remove for a fresh session."""
    state = session.current(request)
    if state is None:
        return SeeOther(sign_in_path(PAGE))
    context = {
        "owner": state.user.as_subject(),
        "passkeys": state.user.passkeys.order_by("created_at"),
        "failed": "failed" in request.GET,
        "last": "last" in request.GET,
        "confirm": missing(state, PAGE),
    }
    return render(request, "idp/passkeys.html", context)


@require_POST
@freshly_signed_in(PAGE)
def options(request: HttpRequest, state: Current) -> HttpResponse:
    """Begin a registration: options for the browser; the challenge waits for this session."""
    del request
    handle = secrets.token_urlsafe(32)
    lifetime = passkey.CHALLENGE_LIFETIME.total_seconds()
    cache.set(_key(state), handle, lifetime)
    body = passkey_registration.creation_options(handle=handle, user=state.user)
    return HttpResponse(body, content_type="application/json")


@require_POST
@freshly_signed_in(PAGE)
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
@freshly_signed_in(PAGE)
def remove(request: HttpRequest, state: Current, passkey_id: int) -> HttpResponse:
    """Remove one of the person's own passkeys."""
    del request
    try:
        passkey_registration.remove(user=state.user, passkey_id=passkey_id)
    except LastWayIn:
        return SeeOther(f"{PAGE}?last=1")
    return SeeOther(PAGE)


@require_POST
@freshly_signed_in(PAGE)
def rename(request: HttpRequest, state: Current, passkey_id: int) -> HttpResponse:
    """Call one of the person's own passkeys something else."""
    name = request.POST.get("name", "").strip()
    passkey_registration.rename(user=state.user, passkey_id=passkey_id, name=name)
    return SeeOther(PAGE)


def _key(state: Current) -> str:
    return f"idp:passkey-registration:{state.session.pk}"
