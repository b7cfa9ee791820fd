"""The page that opens an account. Initiating User Registration via OpenID Connect 1.0; OIDC.md G.

Only where the deployment lets people join (`IdpPolicy.self_registration`). The answer tells that
a user name is taken, behind a limit per address (docs/adr/0016).
"""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from idp.authentication import browser, dispatcher, interactions, password, throttle
from idp.authentication.browser import SeeOther
from idp.authentication.methods import load_methods
from idp.authentication.password import Password
from idp.endpoints.account_form import NewAccountForm
from idp.endpoints.pages import client_context, interaction_page
from idp.models import Interaction, SecurityEvent, User
from idp.policy import get_policy
from idp.protocol.interaction import CREATE


@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
@interaction_page
def create(request: HttpRequest, interaction: Interaction) -> HttpResponse:
    """Ask for what an account needs, open it, and go on as its owner."""
    asked = CREATE in interaction.step
    if not get_policy().self_registration or (interaction.session and not asked):
        return SeeOther(dispatcher.continue_path(interaction))
    if request.method != "POST":
        return _page(request, interaction, NewAccountForm(initial=_hints(interaction)))
    if request.POST.get("way") == "sign-in":
        interactions.answer(interaction, CREATE)
        return SeeOther(dispatcher.continue_path(interaction))
    if not throttle.account_creation_allowed(browser.address(request)):
        return _page(request, interaction, NewAccountForm(initial=request.POST.dict()), status=429)
    form = NewAccountForm(request.POST)
    if form.is_valid():
        try:
            return _open(request, interaction, form.save(commit=False))
        except IntegrityError:  # somebody took the name a moment ago
            form = NewAccountForm(request.POST)
    return _page(request, interaction, form, status=400)


@transaction.atomic
def _open(request: HttpRequest, interaction: Interaction, person: User) -> HttpResponse:
    """Store the account and sign its owner in, in place of whoever was signed in here.

    The session is a new one with a new secret, and the CSRF token changes (session fixation).
    """
    person.claims = {"email_verified": False}
    person.save()
    SecurityEvent.record("account.created", subject=person.subject, client=interaction.client_id)
    interactions.change(interaction, session=None)
    interactions.answer(interaction, CREATE)
    _, handle = dispatcher.begin(interaction, load_methods()[Password.name])
    return dispatcher.resume(request, interaction, password.vouch(handle=handle, person=person))


def _page(
    request: HttpRequest, interaction: Interaction, form: NewAccountForm, *, status: int = 200
) -> HttpResponse:
    context = client_context(request, interaction) | {
        "interaction": interaction,
        "form": form,
        "owner": interaction.session.user.as_subject() if interaction.session else None,
        "limited": status == 429,  # noqa: PLR2004 - HTTP: Too Many Requests
    }
    return render(request, "idp/create.html", context, status=status)


def _hints(interaction: Interaction) -> dict[str, str]:
    """Return what ``login_hint`` says of the person who joins. OpenID Connect Core 3.1.2.1."""
    hint = str(interaction.parameters.get("login_hint") or "")
    return {"email": hint} if "@" in hint else {"username": hint}
