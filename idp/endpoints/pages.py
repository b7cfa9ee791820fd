"""What the provider's pages share: the interaction they belong to, errors, wording.

OIDC.md A19 (an interaction belongs to one browser) and G2-G7 (browser pages).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import wraps
from urllib.parse import urlsplit
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from idp.authentication import browser, interactions, session
from idp.authentication.interactions import InteractionError
from idp.endpoints.presentation import present
from idp.models import Client, Interaction
from idp.tasks import deliver_soon

Page = Callable[[HttpRequest, Interaction], HttpResponse]
View = Callable[[HttpRequest, UUID], HttpResponse]

_HOST = re.compile(r"[A-Za-z0-9.-]+(:\d{1,5})?")


def interaction_page(page: Page) -> View:
    """Give `page` the live interaction of this browser; else show why there is none."""

    @wraps(page)
    @never_cache
    def view(request: HttpRequest, interaction_id: UUID) -> HttpResponse:
        try:
            interaction = interactions.find(request, interaction_id)
            present(request, interaction.parameters)
            response = page(request, interaction)
        except InteractionError as error:
            response = error_page(
                request, status=error.status, title=error.title, message=error.message
            )
        browser.remember(request, response)
        deliver_soon(session.take_notices(request))  # another person has signed in here
        return response

    return view


def error_page(
    request: HttpRequest,
    *,
    status: int,
    title: str,
    message: str,
    code: str = "",
    detail: str = "",
    ways_on: Iterable[tuple[str, str]] = (),
) -> HttpResponse:
    """Say in plain words what went wrong, and where it goes on: addresses with their labels.

    `code` and `detail` are the protocol's own, in English, for whoever makes the application.
    """
    said = {"title": title, "message": message, "code": code, "detail": detail}
    return render(request, "idp/error.html", said | {"ways_on": ways_on}, status=status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without a valid token. ``settings.CSRF_FAILURE_VIEW``."""
    del reason  # tells an attacker which check failed
    return error_page(
        request,
        status=403,
        title=_("This form is no longer valid"),
        message=_("Go back, load the page again and send it once more."),
    )


def client_context(request: HttpRequest, interaction: Interaction) -> dict[str, object]:
    """Return what a page shows of the client: name, logo, links. Escaped by the templates."""
    client = Client.objects.filter(client_id=interaction.client_id).first()
    name = interaction.step.get("client_name", "")
    if client is None:
        return {"client_name": name}
    logo = web_uri(client.logo_uri)
    if logo:
        # BrowserSecurity lets the page load pictures from this origin and no other.
        parts = urlsplit(logo)
        request.META["countersign.images"] = f"{parts.scheme}://{parts.netloc}"
    return {
        "client_name": client.name or name,
        "logo_uri": logo,
        "policy_uri": web_uri(client.policy_uri),
        "tos_uri": web_uri(client.tos_uri),
        "unverified": client.is_self_registered,
        "leads_to": leads_to(str(interaction.parameters.get("redirect_uri", ""))),
    }


def leads_to(uri: str) -> str:
    """Return where a redirect URI takes a person: a host, or the scheme of an app; else ''."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return ""
    return parts.hostname or parts.scheme


def web_uri(uri: str) -> str:
    """Return `uri` when it is safe in a link or a header: http(s), a plain host; else ''."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return ""
    fine = parts.scheme in {"https", "http"} and _HOST.fullmatch(parts.netloc)
    return uri if fine else ""
