"""Recovery codes: the page that asks for one, and the one that makes ten. R-5.2-3, R-9.4-9.

The codes are in the answer to the form that makes them and nowhere else; what prints or copies
them is a script, without which they are read from the page.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from idp.authentication import recovery_code, session
from idp.authentication.browser import SeeOther
from idp.authentication.recovery_code import RecoveryCodes
from idp.authentication.session import Current
from idp.endpoints import typed_code
from idp.endpoints.fresh_session import freshly_signed_in, missing, sign_in_path
from idp.endpoints.pages import interaction_page
from idp.models import Interaction

PAGE = "/account/recovery-codes/"


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@interaction_page
def code_page(request: HttpRequest, interaction: Interaction) -> HttpResponse:
    """Ask the person who is signed in for one of their recovery codes."""
    return typed_code.ask(
        request,
        interaction,
        recovery_code,
        method=RecoveryCodes.name,
        template="idp/recovery_code.html",
    )


@never_cache
@require_safe
def manage(request: HttpRequest) -> HttpResponse:
    """Show how many codes are left, and what makes new ones."""
    state = session.current(request)
    if state is None:
        return SeeOther(sign_in_path(PAGE))
    return _page(request, state, confirm=missing(state, PAGE))


@require_POST
@freshly_signed_in(PAGE)
@sensitive_variables("codes")
def make(request: HttpRequest, state: Current) -> HttpResponse:
    """Make ten codes in place of the old ones, and show them this once."""
    codes = recovery_code.make(person=state.user, level=state.level(timezone.now()))
    return _page(request, state, codes=codes)


@require_POST
@freshly_signed_in(PAGE)
def remove(request: HttpRequest, state: Current) -> HttpResponse:
    """Forget the person's codes."""
    del request
    recovery_code.remove(state.user)
    return SeeOther(PAGE)


def _page(request: HttpRequest, state: Current, **more: object) -> HttpResponse:
    person = state.user
    context = {
        "owner": person.as_subject(),
        "left": recovery_code.left(person),
        "alone": not person.passkeys.exists() and not hasattr(person, "one_time_code"),
        **more,
    }
    return render(request, "idp/recovery_codes.html", context)
