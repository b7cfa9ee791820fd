"""Login and passkey pages of an interaction. OpenID Connect Core 3.1.2.3; OIDC.md 3.4, G.

Plain forms: the password way works without JavaScript, the passkey button appears with it.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from idp.authentication import browser, dispatcher, passkey, password, throttle
from idp.authentication.browser import SeeOther
from idp.authentication.methods import load_methods
from idp.authentication.passkey import PasskeyMethod
from idp.authentication.password import Password
from idp.authentication.throttle import Attempt
from idp.endpoints import words
from idp.endpoints.pages import client_context, interaction_page
from idp.models import Interaction
from idp.policy import get_policy

LONGEST_NAME = 150


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@interaction_page
def login(request: HttpRequest, interaction: Interaction) -> HttpResponse:
    """Ask for user name and password; offer the passkeys that the browser discovers."""
    if request.method != "POST":
        return _login_page(request, interaction)
    owner = interaction.session
    username = owner.user.get_username() if owner else request.POST.get("username", "")
    attempt = Attempt(username[:LONGEST_NAME], browser.address(request), interaction.browser_sha256)
    _, handle = dispatcher.begin(interaction, load_methods()[Password.name])
    receipt = password.submit(
        handle=handle, attempt=attempt, password=request.POST.get("password", "")
    )
    if not receipt:
        return _login_page(request, interaction, username=username, failed=True)
    return dispatcher.resume(request, interaction, receipt)


def _login_page(
    request: HttpRequest, interaction: Interaction, *, username: str = "", failed: bool = False
) -> HttpResponse:
    owner = interaction.session
    hint = username or str(interaction.parameters.get("login_hint") or "")
    shown = {Password.name, PasskeyMethod.name}
    context = client_context(request, interaction) | {
        "interaction": interaction,
        "owner": owner.user.as_subject() if owner else None,
        "username": owner.user.get_username() if owner else hint[:LONGEST_NAME],
        "failed": failed,
        "failed_passkey": not failed and "failed" in request.GET,
        "passkeys": _offered(interaction, PasskeyMethod.name) or owner is None,
        "more": bool(set(interaction.step.get("alternatives", ())) - shown),
        "level": words.level(interaction.step.get("acr", "")) if owner else "",
        "may_create": owner is None and get_policy().self_registration,
    }
    return render(request, "idp/login.html", context, status=400 if failed else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@interaction_page
def passkey_page(request: HttpRequest, interaction: Interaction) -> HttpResponse:
    """Ask for a passkey of the person who is signed in; take the answer of both pages."""
    if request.method != "POST":
        context = client_context(request, interaction) | {
            "interaction": interaction,
            "owner": interaction.session.user.as_subject() if interaction.session else None,
            "failed": "failed" in request.GET,
            "level": words.level(interaction.step.get("acr", "")),
        }
        return render(request, "idp/passkey.html", context)
    receipt = ""
    if interaction.method == PasskeyMethod.name and throttle.address_allowed(
        browser.address(request)
    ):
        receipt = passkey.submit(
            handle=interaction.handle, credential=request.POST.get("credential", "")
        )
    if not receipt:
        page = "passkey" if interaction.session else "login"
        return SeeOther(dispatcher.path(interaction, f"{page}?failed={PasskeyMethod.name}"))
    return dispatcher.resume(request, interaction, receipt)


@require_POST
@interaction_page
def passkey_options(request: HttpRequest, interaction: Interaction) -> HttpResponse:
    """Begin a passkey authentication: the options for the browser, with a new challenge."""
    del request
    _, handle = dispatcher.begin(interaction, load_methods()[PasskeyMethod.name])
    owner = interaction.session
    options = passkey.request_options(
        handle=handle, subject=owner.user.as_subject() if owner else None
    )
    return HttpResponse(options, content_type="application/json")


def _offered(interaction: Interaction, method: str) -> bool:
    step = interaction.step
    return method == step.get("method") or method in step.get("alternatives", ())
