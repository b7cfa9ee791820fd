"""The page that asks whoever is signed in for a code that they type. R-5.2-3; OIDC.md G10.

One-time codes and recovery codes differ in what a code is, and not in how it is asked for.
"""

from __future__ import annotations

from typing import Protocol

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from idp.authentication import browser, dispatcher
from idp.authentication.browser import SeeOther
from idp.authentication.methods import load_methods
from idp.authentication.throttle import Attempt
from idp.endpoints import words
from idp.endpoints.pages import client_context
from idp.models import Interaction, User


class Codes(Protocol):
    """What a module of codes gives."""

    def attempt(self, person: User, *, address: str, browser: str) -> Attempt:
        """Return an attempt with a budget of its own."""

    def submit(self, *, handle: str, person: User, attempt: Attempt, code: str) -> str:
        """Check a code; return the receipt for the result, or an empty string."""


def ask(
    request: HttpRequest, interaction: Interaction, codes: Codes, *, method: str, template: str
) -> HttpResponse:
    """Show `template`, or take the code that it sent for `method`."""
    owner, offered = interaction.session, load_methods().get(method)
    if owner is None or offered is None:
        return SeeOther(dispatcher.continue_path(interaction))
    failed = False
    if request.method == "POST":
        _, handle = dispatcher.begin(interaction, offered)
        receipt = codes.submit(
            handle=handle,
            person=owner.user,
            attempt=codes.attempt(
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
    return render(request, template, context, status=400 if failed else 200)
