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

from idp.authentication import browser, dispatcher, recovery_code, session
from idp.authentication.browser import SeeOther
from idp.authentication.methods import load_methods
from idp.authentication.recovery_code import RecoveryCodes
from idp.authentication.session import Current
from idp.endpoints import words
from idp.endpoints.fresh_session import freshly_signed_in, missing, sign_in_path
from idp.endpoints.pages import client_context, interaction_page
from idp.models import Interaction

PAGE = "/account/recovery-codes/"


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@interaction_page
def code_page(request: HttpRequest, interaction: Interaction) -> HttpResponse:
    """Ask the person who is signed in for one of their recovery codes."""
    owner = interaction.session
    if owner is None or RecoveryCodes.name not in load_methods():
        return SeeOther(dispatcher.continue_path(interaction))
    failed = False
    if request.method == "POST":
        _, handle = dispatcher.begin(interaction, load_methods()[RecoveryCodes.name])
        receipt = recovery_code.submit(
            handle=handle,
            person=owner.user,
            attempt=recovery_code.attempt(
                owner.user, address=browser.address(request), browser=interaction.browser_sha256
            ),
            code=request.POST.get("code", ""),
        )
        if receipt:
            return dispatcher.resume(request, interaction, receipt)
        failed = True
    context = client_context(request, interaction) | {
        "interaction": interaction,
        "owner": owner.user.as_subject(),
        "failed": failed,
        "level": words.level(interaction.step.get("acr", "")),
    }
    return render(request, "idp/recovery_code.html", context, status=400 if failed else 200)


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
