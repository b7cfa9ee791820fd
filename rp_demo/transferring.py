"""Carry out an ordered transfer, and say what is missing when it cannot be. RFC 9470 5."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from rp_demo import pages, plain_words
from rp_demo.deployment import get_deployment
from rp_demo.registration import Requirement
from rp_demo.spending import Declined, StepUp, transfer_money
from rp_demo.transport import Unreachable
from rp_demo.visit import Person, Receipt, Transfer, Visit


def carry_out(request: HttpRequest, person: Person, order: Transfer) -> HttpResponse | StepUp:
    """Spend the person's token on `order`; return the next page or the step-up it takes first."""
    deployment = get_deployment()
    try:
        outcome = transfer_money(
            deployment.transport,
            deployment.resource_url,
            person.access_token,
            order,
            needed=deployment.transfer,
        )
    except Unreachable:
        return pages.problem(request, pages.BANK_CLOSED)
    match outcome:
        case Receipt():
            Visit(request.session).file(outcome)
            return redirect("done")
        case Declined():
            return pages.problem(request, pages.DECLINED)
        case StepUp():
            return outcome


def insufficient(request: HttpRequest, requirement: Requirement) -> HttpResponse:
    """Lead to the page that says what is missing, away from an address that holds a code."""
    Visit(request.session).miss(requirement)
    return redirect("needed")


@require_safe
def needed(request: HttpRequest) -> HttpResponse:
    """Say what the provider answered, what a transfer needs, and where to get it."""
    visit = Visit(request.session)
    person, requirement = visit.person, visit.missing
    if person is None or requirement is None:
        return redirect("account")
    agreed = requirement.acr_values
    context = {
        "got": plain_words.level(str(person.latest.get("acr", "")), agreed),
        "got_value": person.latest.get("acr", ""),
        "wanted": [(value, plain_words.level(value, agreed)) for value in agreed],
        "minutes": (requirement.seconds or 0) // 60,
    }
    return render(request, "insufficient.html", context, status=403)
