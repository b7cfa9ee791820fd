"""Logout that a client starts. OpenID Connect RP-Initiated Logout 1.0; OIDC.md G6, G8, K2."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from idp.authentication import session
from idp.authentication.browser import SeeOther
from idp.authentication.session import Current
from idp.endpoints.pages import error_page
from idp.endpoints.presentation import speak
from idp.endpoints.signed_out import sign_out
from idp.oauth import logout
from idp.oauth.logout import LogoutRequest
from idp.protocol import parameters
from idp.protocol.errors import ProtocolError


@csrf_exempt  # clients may POST here; nothing ends without a hint or the page's own form
@never_cache
@require_http_methods(["GET", "POST"])
def end_session(request: HttpRequest) -> HttpResponse:
    """End the session that the hint names; ask the person where it names none."""
    encoded = request.body if request.method == "POST" else request.META.get("QUERY_STRING", "")
    try:
        asked = logout.validate(parameters.parse(encoded).once())
    except ProtocolError as error:
        return _error(request, error)
    speak(asked.parameters.get("ui_locales", ""))
    current = session.current(request)
    if current is None and request.method == "POST":
        # Lax cookies do not come with a POST across sites; they come with the GET after it.
        return SeeOther(f"{request.path}?{urlencode(asked.parameters)}")
    if current is None or asked.is_about(current.session):
        return _sign_out(request, asked, current)
    context = {
        "client_name": asked.client.name if asked.client else "",
        "owner": current.user.as_subject(),
        "fields": asked.parameters,
    }
    return render(request, "idp/logout.html", context)


@never_cache
@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """Take the person's answer. CSRF-protected: only our own page leads here."""
    try:
        asked = logout.validate({name: str(value) for name, value in request.POST.items()})
    except ProtocolError as error:
        return _error(request, error)
    speak(asked.parameters.get("ui_locales", ""))
    if request.POST.get("answer") != "logout":
        return SeeOther("/account/")
    return _sign_out(request, asked, session.current(request))


def _sign_out(request: HttpRequest, asked: LogoutRequest, current: Current | None) -> HttpResponse:
    name = asked.client.name if asked.client else ""
    return sign_out(request, current, redirect_uri=asked.redirect_uri, client_name=name)


def _error(request: HttpRequest, error: ProtocolError) -> HttpResponse:
    return error_page(
        request,
        status=400,
        title=_("This sign-out request cannot be answered"),
        message=_(
            "The application has sent a request that is not safe to answer. You are still "
            "signed in; you can sign out in your account."
        ),
        code=error.code,
        detail=error.description,
    )
