"""Confirm the email address of an account. OpenID Connect Core 5.1 (`email_verified`); R-9.4-9.

Only a confirmed address is written to, and only one leads back into an account. The link works
for whoever is signed in to that account alone: with somebody else's mailbox by mistake in an
account, its owner must not become a way in.
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from idp.authentication import addresses, session
from idp.authentication.browser import SeeOther
from idp.endpoints.account import HOME
from idp.endpoints.fresh_session import sign_in_path
from idp.endpoints.pages import error_page
from idp.tasks import send_soon

PAGE = "/account/address/"


@never_cache
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Send a link to the address of whoever is signed in."""
    state = session.current(request)
    if state is None:
        return SeeOther(sign_in_path(HOME))
    letter = addresses.ask(state.user)
    if letter is not None:
        send_soon(letter)
    return render(request, "idp/address.html", {"address": state.user.email})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, letter_id: UUID, token: str) -> HttpResponse:
    """Show a button, and confirm the address when it is pressed."""
    state = session.current(request)
    if state is None:
        return SeeOther(sign_in_path(f"{PAGE}{letter_id}/{token}"))
    letter = addresses.letter_of(state.user, letter_id, token, now=timezone.now())
    if letter is None or (request.method == "POST" and not addresses.confirm(letter)):
        return error_page(
            request,
            status=400,
            title=_("This link cannot be used"),
            message=_(
                "It works for a day, for the address that your account has now, and when you are "
                "signed in to that account. Ask for another one there."
            ),
        )
    if request.method == "POST":
        return SeeOther(HOME)
    return render(request, "idp/address.html", {"address": letter.address, "may_confirm": True})
