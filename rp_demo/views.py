"""The bank's pages: home, account, transfer, receipt."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from rp_demo import plain_words
from rp_demo.deployment import get_deployment
from rp_demo.resource import LIMIT, LONGEST_PAYEE, read_order
from rp_demo.sign_in import begin
from rp_demo.spending import StepUp
from rp_demo.transferring import carry_out
from rp_demo.visit import Person, Transfer, Visit

OPENING_BALANCE = Decimal("4812.60")
EARLIER = (
    ("Harbour Bakery", "18 Nov", "\N{MINUS SIGN} € 12.40"),
    ("Salary, Fjord Shipping", "15 Nov", "+ € 3,150.00"),
    ("Rent, Quay Street 7", "1 Nov", "\N{MINUS SIGN} € 980.00"),
)
_KEY = re.compile(r"[0-9a-f-]{36}")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what this is, and the way in."""
    if Visit(request.session).person is not None:
        return redirect("account")
    return render(request, "home.html")


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Show the account, and what the tokens say."""
    visit = Visit(request.session)
    person = visit.person
    if person is None:
        return redirect("home")
    spent = sum((Decimal(receipt.amount) for receipt in visit.receipts), Decimal(0))
    context = {
        "balance": f"{OPENING_BALANCE - spent:,.2f}",
        "receipts": visit.receipts,
        "earlier": EARLIER,
        **_panel(person),
    }
    return render(request, "account.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def transfer(request: HttpRequest) -> HttpResponse:
    """Take an order. It needs a stronger and newer sign-in: the resource will say so."""
    visit = Visit(request.session)
    person = visit.person
    if person is None:
        return redirect("home")
    if request.method != "POST":
        draft = visit.draft
        return _form(request, draft.payee if draft else "", draft.amount if draft else "")
    payee, amount = request.POST.get("payee", ""), request.POST.get("amount", "")
    read = read_order(payee, amount)
    key = request.POST.get("key", "")
    if read is None or not _KEY.fullmatch(key):
        return _form(request, payee[:LONGEST_PAYEE], amount[:12], wrong=True)
    order = Transfer(key=key, payee=read.payee, amount=f"{read.amount:.2f}")
    visit.keep_draft(order)
    outcome = carry_out(request, person, order)
    if isinstance(outcome, StepUp):
        subject = str(person.latest["sub"])
        return begin(request, outcome.requirement, subject=subject, transfer=order)
    return outcome


@require_safe
def done(request: HttpRequest) -> HttpResponse:
    """Show the receipt, and what the tokens said before and after."""
    visit = Visit(request.session)
    person, receipts = visit.person, visit.receipts
    if person is None or not receipts:
        return redirect("account")
    return render(request, "done.html", {"receipt": receipts[0], **_panel(person)})


def _form(request: HttpRequest, payee: str, amount: str, *, wrong: bool = False) -> HttpResponse:
    needed = get_deployment().transfer
    context = {
        # Born with the form: sent twice, it is still one order (Idempotency-Key).
        "key": str(uuid.uuid4()),
        "payee": payee,
        "amount": amount,
        "wrong": wrong,
        "limit": f"{LIMIT:,}",
        "longest_payee": LONGEST_PAYEE,
        "wanted": [plain_words.level(value, needed.acr_values) for value in needed.acr_values],
        "minutes": (needed.seconds or 0) // 60,
    }
    return render(request, "transfer.html", context, status=422 if wrong else 200)


def _panel(person: Person) -> dict[str, object]:
    now, agreed = datetime.now(UTC), get_deployment().transfer.acr_values
    return {
        "claims": plain_words.compare(person.first, person.latest, now=now, agreed=agreed),
        "stepped_up": person.stepped_up,
        "holds_for_transfer": person.latest.get("acr") in agreed,
    }
