"""Sign-out, begun here or at the provider. OpenID Connect RP-Initiated Logout 1.0 2.

Back-Channel Logout 1.0 2.7, 2.8; Front-Channel Logout 1.0 2.
"""

from __future__ import annotations

import logging
import secrets
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from rp_demo import ended, logout_token, oidc, signed_token
from rp_demo.deployment import get_deployment
from rp_demo.signed_token import TokenRejected
from rp_demo.transport import Unreachable
from rp_demo.visit import Visit

logger = logging.getLogger(__name__)


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """Sign out here first, then at the provider."""
    visit = Visit(request.session)
    person = visit.person
    visit.sign_out()
    if person is None:
        return redirect("logged-out")
    deployment = get_deployment()
    try:
        return redirect(
            oidc.logout_url(
                deployment.provider,
                deployment.registration,
                hint=person.id_token,
                return_to=f"{deployment.url}/logged-out",
                state=secrets.token_urlsafe(16),
            )
        )
    except Unreachable:
        return redirect("logged-out")


@require_safe
def logged_out(request: HttpRequest) -> HttpResponse:
    """Say so."""
    return render(request, "logged_out.html")


@csrf_exempt  # the provider has no cookie of ours; the token's signature speaks for it
@require_POST
def back_channel(request: HttpRequest) -> HttpResponse:
    """Take the provider's word that a session ended. What it ended already is no error."""
    deployment, now = get_deployment(), datetime.now(UTC)
    token = request.POST.get("logout_token", "")
    try:
        said = logout_token.validate(
            token,
            keys=deployment.provider.keys(signed_token.key_id(token)),
            registration=deployment.registration,
            now=now,
        )
    except TokenRejected as rejected:
        logger.warning("logout token rejected: %s", rejected.claim)
        return _refuse("invalid_request")
    except Unreachable as unreachable:
        logger.warning("provider unusable: %s", unreachable)
        return _refuse("temporarily_unavailable")
    if not ended.ended.take(said, now=now):
        logger.warning("logout token used again")
        return _refuse("invalid_request")
    return HttpResponse(status=200)


@require_safe
@xframe_options_exempt
def front_channel(request: HttpRequest) -> HttpResponse:
    """Sign out the browser that loads this in a frame of the provider, if it is that session.

    Whoever else frames or loads it would have to know the session's identifier.
    """
    visit = Visit(request.session)
    person, issuer = visit.person, get_deployment().registration.issuer
    asked = (request.GET.get("iss"), request.GET.get("sid"))
    if person is not None and asked == (issuer, person.latest.get("sid")):
        visit.sign_out()
    return HttpResponse("<!doctype html><title>Signed out</title>")


def _refuse(error: str) -> HttpResponse:
    return JsonResponse({"error": error}, status=400)
