"""Pages that say what went wrong and what to do next, and what every page shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from rp_demo.deployment import get_deployment
from rp_demo.visit import Visit


@dataclass(frozen=True, slots=True)
class Problem:
    """One page in words that a customer understands; `code` is the protocol's."""

    title: str
    text: str
    status: int = 400
    code: str = ""


DENIED = Problem(
    "You said no, and that is fine",
    "Nothing was sent and nothing was shared. You can start again whenever you like.",
    403,
    "access_denied",
)
UNMET = Problem(
    "Your sign-in service could not confirm you strongly enough",
    "A transfer needs a face check or a passkey. Add one of them to your account, then try again.",
    403,
    "unmet_authentication_requirements",
)
NEEDS_YOU = Problem(
    "Your sign-in service needs you there",
    "It could not go on without asking you something. Please start again.",
    403,
)
AGAIN_LATER = Problem(
    "Your sign-in service is not available",
    "Nothing was sent. Please try again in a few minutes.",
    503,
)
NOT_OURS = Problem(
    "This link cannot be used",
    "It was used already, is too old, or belongs to another browser. Nothing was sent. "
    "Please start again from your account.",
    400,
)
STRANGE_PROVIDER = Problem(
    "This bank does not know that sign-in service",
    "A link led here from a service that we do not work with. Nothing was sent. You can sign in "
    "from our start page.",
    400,
)
SOMEBODY_ELSE = Problem(
    "Somebody else signed in",
    "The check was passed by another person than the one signed in here, so nothing was sent.",
    403,
)
DISBELIEVED = Problem(
    "We could not trust the answer",
    "The answer of the sign-in service did not pass our checks. Nothing was sent and you are "
    "not signed in by it. Please start again.",
    400,
)
DECLINED = Problem(
    "This transfer cannot be made",
    "Please check the payee and the amount and order it again. Nothing was sent.",
    422,
)
BANK_CLOSED = Problem(
    "Transfers are not available right now",
    "We do not know yet whether your order arrived. Ordering it again from the same page is "
    "safe: one order is carried out once.",
    503,
)
FORM_EXPIRED = Problem(
    "This form is too old",
    "Please go back to your account and fill it in again. Nothing was sent.",
    403,
)
NOT_FOUND = Problem("There is nothing here", "The address may be mistyped.", 404)
BROKEN = Problem("Something broke on our side", "Nothing was sent. Please try again later.", 500)

_BY_CODE = {
    "access_denied": DENIED,
    "unmet_authentication_requirements": UNMET,
    "login_required": NEEDS_YOU,
    "interaction_required": NEEDS_YOU,
    "consent_required": NEEDS_YOU,
    "account_selection_required": NEEDS_YOU,
    "server_error": AGAIN_LATER,
    "temporarily_unavailable": AGAIN_LATER,
}


def refused(request: HttpRequest, code: str) -> HttpResponse:
    """Return the page for an error code of the provider. Unknown text is never repeated."""
    known = _BY_CODE.get(code)
    if known is None:
        return problem(request, DISBELIEVED)
    return problem(request, known, code=code)


def problem(request: HttpRequest, found: Problem, *, code: str = "") -> HttpResponse:
    """Return the page of `found`."""
    context = {
        "problem": found,
        "code": code or found.code,
        "offer_enrolment": found is UNMET,
    }
    return render(request, "problem.html", context, status=found.status)


def visitor(request: HttpRequest) -> dict[str, Any]:
    """Return what the frame of every page shows. A context processor."""
    deployment = get_deployment()
    session = getattr(request, "session", None)
    return {
        "person": Visit(session).person if session is not None else None,
        "issuer": deployment.registration.issuer,
        "issuer_name": urlsplit(deployment.registration.issuer).netloc,
        "account_at_provider": deployment.account_at_provider,
    }


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404."""
    del exception
    return problem(request, NOT_FOUND)


def broken(request: HttpRequest) -> HttpResponse:
    """Answer 500."""
    return problem(request, BROKEN)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without its CSRF token."""
    del reason
    return problem(request, FORM_EXPIRED)
