"""One-time codes: the page that asks for one, and those that set an app up. RFC 6238; R-9.4-8.

Plain forms, which work without JavaScript; the QR code is drawn into the page.
"""

from __future__ import annotations

import segno
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from idp import sealing
from idp.authentication import one_time_code, session
from idp.authentication.browser import SeeOther
from idp.authentication.one_time_code import OneTimeCode
from idp.authentication.session import Current
from idp.endpoints import typed_code
from idp.endpoints.fresh_session import freshly_signed_in, missing, sign_in_path
from idp.endpoints.pages import interaction_page
from idp.models import Interaction

PAGE = "/account/code/"
PENDING_SECONDS = 900
BORDER = 4
"""Blank modules around a QR code. ISO/IEC 18004, "quiet zone"."""


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@interaction_page
def code_page(request: HttpRequest, interaction: Interaction) -> HttpResponse:
    """Ask the person who is signed in for a code of their app."""
    return typed_code.ask(
        request, interaction, one_time_code, method=OneTimeCode.name, template="idp/code.html"
    )


@never_cache
@require_safe
def manage(request: HttpRequest) -> HttpResponse:
    """Show whether an app is set up, and what sets one up or removes it."""
    state = session.current(request)
    if state is None:
        return SeeOther(sign_in_path(PAGE))
    context = {
        "owner": state.user.as_subject(),
        "is_set_up": one_time_code.is_set_up(state.user),
        "confirm": missing(state, PAGE),
        "failed": "failed" in request.GET,
    }
    if not context["confirm"] and not context["is_set_up"]:
        secret = _pending(state) or _draw(state)
        code = segno.make_qr(one_time_code.address_of(secret, state.user), error="m")
        context |= {
            "secret": one_time_code.spelt(secret),
            "side": code.symbol_size(border=BORDER)[0],
            "squares": _squares(code),
        }
    return render(request, "idp/one_time_code.html", context)


@sensitive_post_parameters("code")
@require_POST
@freshly_signed_in(PAGE)
@sensitive_variables("secret")
def add(request: HttpRequest, state: Current) -> HttpResponse:
    """Keep the secret that the page has shown, once the app proves that it has it."""
    secret = _pending(state)
    added = secret and one_time_code.add(
        person=state.user,
        secret=secret,
        code=request.POST.get("code", ""),
        level=state.level(timezone.now()),
    )
    if added:
        cache.delete(_key(state))
    return SeeOther(PAGE if added else f"{PAGE}?failed=1")


@require_POST
@freshly_signed_in(PAGE)
def remove(request: HttpRequest, state: Current) -> HttpResponse:
    """Forget the person's app."""
    del request
    one_time_code.remove(state.user)
    return SeeOther(PAGE)


def _draw(state: Current) -> bytes:
    """Draw a secret and keep it, sealed for this session, until the app has proved it."""
    secret = one_time_code.new_secret()
    sealed = sealing.seal(secret, purpose=sealing.ONE_TIME_CODES, identifier=_key(state))
    cache.set(_key(state), sealed, PENDING_SECONDS)
    return secret


def _pending(state: Current) -> bytes:
    sealed: bytes = cache.get(_key(state), b"")
    if not sealed:
        return b""
    return sealing.unseal(sealed, purpose=sealing.ONE_TIME_CODES, identifier=_key(state))


def _key(state: Current) -> str:
    return f"idp:one-time-code:{state.session.pk}"


def _squares(code: segno.QRCode) -> str:
    """Return the dark modules of a QR code as the path of an SVG."""
    rows = code.matrix_iter(border=BORDER)
    return "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )
