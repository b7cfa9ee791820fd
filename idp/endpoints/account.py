"""The person's own pages: who is signed in, how strongly, sign in and sign out. R-9.4-8."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from idp.authentication import (
    addresses,
    cooling_off,
    dispatcher,
    one_time_code,
    recovery_code,
    session,
)
from idp.authentication.browser import SeeOther
from idp.authentication.methods import load_methods
from idp.endpoints import signed_out, words
from idp.endpoints.pages import error_page, interaction_page
from idp.models import Interaction
from idp.oauth import third_party_login
from idp.protocol.acr import LOA, RUNGS
from idp.protocol.errors import ErrorCode
from idp.protocol.interaction import Ask, Issue, Refuse

HOME = "/account/"
RECENT = timedelta(minutes=15)
_SECONDS = re.compile(r"[1-9][0-9]{0,4}")


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show who is signed in, how strongly, and what leads on from here."""
    state = session.current(request)
    if state is None:
        return SeeOther(f"/account/sign-in?next={HOME}")
    now, labels = timezone.now(), {m.name: words.way(m) for m in load_methods().values()}
    level = state.level(now)
    context = {
        "user": state.user,
        "owner": state.user.as_subject(),
        "level": level,
        "level_words": words.LEVELS[level],
        "events": [
            {"label": labels.get(event.method, event.method), "at": event.at}
            for event in reversed(state.events[-5:])
        ],
        "passkeys": state.user.passkeys.count(),
        "unconfirmed": "" if addresses.is_confirmed(state.user) else state.user.email,
        "cooling_off_until": cooling_off.until(state.user),
        "recovery_codes": recovery_code.left(state.user),
        "has_codes": one_time_code.is_set_up(state.user),
        "applications": state.user.consents.count(),
        "to_open": third_party_login.applications(state.user),
    }
    return render(request, "idp/account.html", context)


@never_cache
@require_safe
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in at the provider itself: ``?next=/path``, with ``&level=N`` or ``&acr=VALUE``.

    ``&max_age=SECONDS``: no longer ago; ``&recent=1``: within 15 minutes. Whoever sends a
    person here judges again when they come back: the address is anybody's to change.
    """
    asked = request.GET.get("acr", LOA.format(request.GET.get("level", "1")))
    seconds = request.GET.get("max_age", "")
    recent = RECENT.seconds if request.GET.get("recent") == "1" else None
    parameters = {
        "next": safe_path(request.GET.get("next", "")),
        "acr": asked if asked in RUNGS else LOA.format(1),
        "max_age": int(seconds) if _SECONDS.fullmatch(seconds) else recent,
    }
    return _sign_in(request, parameters, None)


@require_safe
@interaction_page
def continue_sign_in(request: HttpRequest, interaction: Interaction) -> HttpResponse:
    """Go on with a sign-in at the provider itself."""
    if interaction.kind != Interaction.Kind.ACCOUNT:
        return SeeOther(dispatcher.continue_path(interaction))
    return _sign_in(request, interaction.parameters, interaction)


@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session of this browser."""
    return signed_out.sign_out(request, session.current(request))


def _sign_in(
    request: HttpRequest, parameters: dict[str, Any], interaction: Interaction | None
) -> HttpResponse:
    asked, seconds = parameters["acr"], parameters["max_age"]
    ask = Ask(
        acr_values=(asked,),
        acr_essential=asked != LOA.format(1),
        max_age=None if seconds is None else timedelta(seconds=seconds),
        client_name="Countersign",
    )
    step = dispatcher.next_step(
        request,
        ask,
        kind=Interaction.Kind.ACCOUNT,
        client=None,
        parameters=parameters,
        interaction=interaction,
    )
    match step:
        case Issue():
            return SeeOther(safe_path(parameters["next"]))
        case Refuse(error=ErrorCode.ACCESS_DENIED):
            return (
                SeeOther(HOME) if session.current(request) else _refused(request, step, parameters)
            )
        case Refuse():
            return _refused(request, step, parameters)
        case response:
            return response


def _refused(request: HttpRequest, step: Refuse, parameters: dict[str, Any]) -> HttpResponse:
    if step.error == ErrorCode.ACCESS_DENIED:
        return error_page(
            request,
            status=403,
            title=_("You have not signed in"),
            message=_("You cancelled. Nothing has changed."),
            code=step.error,
        )
    return error_page(
        request,
        status=403,
        title=_("A stronger sign-in is needed"),
        message=_(
            "This page needs %(level)s. The ways to sign in that you have set up do not reach "
            "that. Set up another one first, then come back."
        )
        % {"level": words.level(parameters["acr"])},
        code=step.error,
        ways_on=(
            ("/account/passkeys/", _("Add a passkey: a device or a security key")),
            ("/account/code/", _("Set up one-time codes: up to level 2")),
            ("/biometric/portal/", _("Enrol your face")),
            (safe_path(parameters["next"]), _("Try again")),
        ),
    )


def safe_path(given: str) -> str:
    """Return `given` when it is a path at this origin, else the account page. OIDC.md G6."""
    fine = given.startswith("/") and given.isprintable()
    if fine and url_has_allowed_host_and_scheme(given, allowed_hosts=None):
        return given
    return HOME
