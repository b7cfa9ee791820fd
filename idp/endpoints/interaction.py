"""The ways through an interaction: choose an account or a method, resume. ARCHITECTURE 4.

OpenID Connect Core 3.1.2.1 (``prompt=select_account``). R-5.2-3 and R-5.3-2: a non-biometric
way stands beside a biometric one.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from idp.authentication import dispatcher, interactions
from idp.authentication.browser import SeeOther
from idp.authentication.methods import load_methods
from idp.endpoints import words
from idp.endpoints.pages import client_context, interaction_page
from idp.models import Interaction
from idp.protocol.interaction import CANCELLED, SELECT_ACCOUNT


@require_safe
@interaction_page
def resume(request: HttpRequest, interaction: Interaction) -> HttpResponse:
    """Come back from a method with the receipt for its result."""
    return dispatcher.resume(request, interaction, request.GET.get("receipt", ""))


@require_http_methods(["GET", "HEAD", "POST"])
@interaction_page
def choose(request: HttpRequest, interaction: Interaction) -> HttpResponse:
    """Show the other ways, and take the one that the person chose."""
    if request.method == "POST":
        return SeeOther(_take(interaction, request.POST.get("way", "")))
    methods, step = load_methods(), interaction.step
    if "method" not in step:  # there is nothing to confirm now
        return SeeOther(dispatcher.continue_path(interaction))
    names = [*step.get("alternatives", ()), step.get("method", "")]
    context = client_context(request, interaction) | {
        "interaction": interaction,
        "failed": "failed" in request.GET,
        "level": words.level(step.get("acr", "")),
        "ways": [
            {
                "name": name,
                "label": words.way(methods[name]),
                "hint": words.hint(methods[name]),
                "again": name == step.get("method"),
            }
            for name in names
            if name in methods
        ],
        "may_skip": bool(interaction.session and not step.get("essential")),
    }
    return render(request, "idp/choose.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@interaction_page
def select(request: HttpRequest, interaction: Interaction) -> HttpResponse:
    """Ask which account to use: the one that is signed in here, or another."""
    owner, fits = interaction.session, interaction.step.get("current_fits")
    if owner is None or fits is None:
        return SeeOther(dispatcher.continue_path(interaction))
    if request.method == "POST":
        answer = request.POST.get("account")
        if answer == "cancel":
            return SeeOther(_take(interaction, "cancel"))
        if answer == "other":
            return SeeOther(_take(interaction, "other-account"))
        if answer == "current" and fits:
            interactions.answer(interaction, SELECT_ACCOUNT)
        return SeeOther(dispatcher.continue_path(interaction))
    context = client_context(request, interaction) | {
        "interaction": interaction,
        "owner": owner.user.as_subject(),
        "username": owner.user.get_username(),
        "current_fits": fits,
    }
    return render(request, "idp/select.html", context)


def _take(interaction: Interaction, way: str) -> str:
    """Return where `way` leads. What the person turns down is not proposed again."""
    step = interaction.step
    current = step.get("method", "")
    if way == "cancel":
        interactions.change(interaction, declined=[*interaction.declined, CANCELLED])
    elif way == "other-account":
        interactions.change(interaction, session=None, declined=[])
        interactions.answer(interaction, SELECT_ACCOUNT)
    elif way == "skip":
        interactions.change(interaction, declined=[*interaction.declined, current])
    elif way == current:
        return dispatcher.begin(interaction, load_methods()[way])[0]
    elif way in step.get("alternatives", ()):
        if interaction.session:
            interactions.change(interaction, declined=[*interaction.declined, current])
        return dispatcher.begin(interaction, load_methods()[way])[0]
    return dispatcher.continue_path(interaction)
