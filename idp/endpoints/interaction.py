"""The ways through an interaction: choose another method, resume after one. ARCHITECTURE 4.

R-5.2-3 and R-5.3-2: a non-biometric way stands beside a biometric one.
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
from idp.protocol.interaction import CANCELLED

WAYS = {
    "password": "Type your password",
    "passkey": "Use your device's lock or a security key",
    "face": "Show your face to the camera of your device",
}


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
    names = [*step.get("alternatives", ()), step.get("method", "")]
    context = client_context(request, interaction) | {
        "interaction": interaction,
        "failed": "failed" in request.GET,
        "level": words.level(step.get("acr", "")),
        "ways": [
            {
                "name": name,
                "label": methods[name].label,
                "hint": WAYS.get(name, ""),
                "again": name == step.get("method"),
            }
            for name in names
            if name in methods
        ],
        "may_skip": bool(interaction.session and not step.get("essential")),
    }
    return render(request, "idp/choose.html", context)


def _take(interaction: Interaction, way: str) -> str:
    """Return where `way` leads. What the person turns down is not proposed again."""
    step = interaction.step
    current = step.get("method", "")
    if way == "cancel":
        interactions.change(interaction, declined=[*interaction.declined, CANCELLED])
    elif way == "other-account":
        interactions.change(interaction, session=None, declined=[])
    elif way == "skip":
        interactions.change(interaction, declined=[*interaction.declined, current])
    elif way == current:
        return dispatcher.begin(interaction, load_methods()[way])[0]
    elif way in step.get("alternatives", ()):
        if interaction.session:
            interactions.change(interaction, declined=[*interaction.declined, current])
        return dispatcher.begin(interaction, load_methods()[way])[0]
    return dispatcher.continue_path(interaction)
