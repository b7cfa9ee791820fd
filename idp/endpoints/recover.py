"""Ask for the recovery of an account, and open its link. R-9.4-9; OIDC.md G9 (no enumeration).

The link is used up by a button, not by being looked at: programs that read mail open links.
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from idp.authentication import browser, letters, recovery, throttle
from idp.authentication.browser import SeeOther
from idp.endpoints.pages import error_page
from idp.models import Recovery
from idp.tasks import recover_soon

PAGE = "/recover/"
SENT = "/recover/sent"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask who it is; the answer and its time are the same whether there is such an account."""
    if request.method != "POST":
        return render(request, "idp/recover.html")
    if not throttle.recovery_allowed(browser.address(request)):
        return render(request, "idp/recover.html", {"limited": True}, status=429)
    name = request.POST.get("name", "")
    if throttle.recovery_of_allowed(name):
        row = recovery.ask(
            name=name, browser=browser.identify(request), language=get_language() or ""
        )
        recover_soon(row)
    response = SeeOther(SENT)
    browser.remember(request, response)
    return response


@never_cache
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """Say what happens now, if there is such an account."""
    return render(request, "idp/recover_sent.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def open_link(request: HttpRequest, recovery_id: UUID, token: str) -> HttpResponse:
    """Go on from the letter: show a button, and use the link up when it is pressed."""
    row = Recovery.objects.filter(pk=recovery_id, opened_at=None, user__is_active=True).first()
    now, mine = timezone.now(), browser.identify(request)
    if (
        row is None
        or row.expires_at <= now
        or row.browser_sha256 not in {"", mine}
        or not letters.belongs(token, row)
    ):
        return unusable(request)
    if request.method == "POST":
        if not Recovery.objects.open(row.pk, browser=mine, now=now):
            return unusable(request)
        response: HttpResponse = SeeOther(f"{PAGE}{row.pk}/")
    else:
        response = render(request, "idp/recover_link.html")
    browser.remember(request, response)
    return response


def unusable(request: HttpRequest) -> HttpResponse:
    """Say no more than that this is no link to go on with."""
    return error_page(
        request,
        status=400,
        title=_("This link cannot be used"),
        message=_(
            "It works once, for 15 minutes, and in the browser in which it was asked for. "
            "Ask for another one."
        ),
    )
