"""Sign-in and step-up, begun here or by another site. OpenID Connect Core 3.1, 4; RFC 9470 4."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from rp_demo import id_token, oidc, pages, signed_token
from rp_demo.deployment import get_deployment
from rp_demo.registration import SIGN_IN, Requirement
from rp_demo.spending import StepUp
from rp_demo.transferring import carry_out, insufficient
from rp_demo.transport import Unreachable
from rp_demo.visit import Pending, Transfer, Visit

logger = logging.getLogger(__name__)

LONGEST_HINT = 150


@require_safe
def login(request: HttpRequest) -> HttpResponse:
    """Begin a sign-in at the lowest level: looking at an account needs no more."""
    if Visit(request.session).person is not None:
        return redirect("account")
    return begin(request, SIGN_IN)


@csrf_exempt  # any site may send people here, by GET or POST: OpenID Connect Core 4
@require_http_methods(["GET", "HEAD", "POST"])
def initiate(request: HttpRequest) -> HttpResponse:
    """Begin a sign-in that the provider, or a page of its, has asked for."""
    given = request.POST if request.method == "POST" else request.GET
    deployment = get_deployment()
    if any(len(values) > 1 for _, values in given.lists()):
        return pages.problem(request, pages.NOT_OURS)
    if given.get("iss") != deployment.registration.issuer:
        return pages.problem(request, pages.STRANGE_PROVIDER)
    target = given.get("target_link_uri", "")
    if target and not deployment.serves(target):
        return pages.problem(request, pages.NOT_OURS)
    if Visit(request.session).person is not None:
        return redirect(target or "account")
    hint = given.get("login_hint", "")[:LONGEST_HINT]
    return begin(request, SIGN_IN, login_hint=hint, then=target)


def begin(
    request: HttpRequest,
    requirement: Requirement,
    *,
    subject: str = "",
    transfer: Transfer | None = None,
    login_hint: str = "",
    then: str = "",
) -> HttpResponse:
    """Send the browser to the provider, remembering why, and where to go `then`."""
    deployment = get_deployment()
    now = datetime.now(UTC)
    try:
        url, state, asked = oidc.begin(
            deployment.provider,
            deployment.registration,
            requirement,
            now=now,
            login_hint=login_hint,
        )
    except Unreachable:
        return pages.problem(request, pages.AGAIN_LATER)
    pending = Pending(asked, subject, transfer, then)
    Visit(request.session).await_response(state, pending, now=now)
    return redirect(url)


@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    """Take the provider's answer, once. OpenID Connect Core 3.1.2.5 and 3.1.2.6."""
    visit = Visit(request.session)
    parameters = request.GET
    # A parameter given twice may be read differently by two readers: RFC 6749 3.1.
    if any(len(values) > 1 for _, values in parameters.lists()):
        return pages.problem(request, pages.NOT_OURS)
    pending = visit.take_pending(parameters.get("state", ""))
    if pending is None:
        return pages.problem(request, pages.NOT_OURS)
    tokens = _redeem(request, pending)
    return _arrive(request, visit, pending, tokens) if isinstance(tokens, oidc.Tokens) else tokens


def _redeem(request: HttpRequest, pending: Pending) -> oidc.Tokens | HttpResponse:
    """Return checked tokens, or the page that says why there are none."""
    deployment = get_deployment()
    try:
        return oidc.finish(
            deployment.provider,
            deployment.registration,
            pending.request,
            request.GET.dict(),
            now=datetime.now(UTC),
        )
    except oidc.AuthorizationRefused as refusal:
        return pages.refused(request, refusal.code)
    except oidc.ResponseRejected as rejected:
        logger.warning("authorization response rejected: %s", rejected)
        return pages.problem(request, pages.NOT_OURS)
    except signed_token.TokenRejected as rejected:
        logger.warning("ID token rejected: %s", rejected.claim)
        return pages.problem(request, pages.DISBELIEVED)
    except Unreachable as unreachable:
        logger.warning("provider unusable: %s", unreachable)
        return pages.problem(request, pages.AGAIN_LATER)


def _arrive(
    request: HttpRequest, visit: Visit, pending: Pending, tokens: oidc.Tokens
) -> HttpResponse:
    """Go on where the person left off."""
    if not pending.subject:
        visit.sign_in(tokens, oidc.display_name(get_deployment().provider, tokens))
        rotate_token(request)
        return redirect(pending.then or "account")
    person = visit.person
    # The step-up counts only for the person who is signed in and who ordered the transfer.
    if person is None or not tokens.claims["sub"] == pending.subject == person.latest["sub"]:
        return pages.problem(request, pages.SOMEBODY_ELSE)
    person = visit.step_up(person, tokens)
    if pending.transfer is None:
        return redirect("account")
    requirement = pending.request.requirement
    if not id_token.satisfies(tokens.claims, requirement):
        return insufficient(request, requirement)
    outcome = carry_out(request, person, pending.transfer)
    # Asked again right after a step-up: another round would ask for ever (RFC 9470 5).
    if isinstance(outcome, StepUp):
        return insufficient(request, outcome.requirement)
    return outcome
