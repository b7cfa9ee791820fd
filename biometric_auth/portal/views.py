"""The data subject's own pages: see, set up, remove, withdraw, take away. R-10-7, R-10-8."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from biometric_auth.domain.errors import PolicyUnusable, SessionTooWeak
from biometric_auth.domain.workflow import Purpose
from biometric_auth.models import ConsentReceipt, EnrolmentPolicy
from biometric_auth.policy import get_policy
from biometric_auth.portal import holdings
from biometric_auth.portal.session import SignedInPerson, personal, see_other, sign_in
from biometric_auth.services import availability, devices, enrolment_policy, lifecycle
from biometric_auth.services import transaction as transactions
from biometric_auth.tasks import erase_soon

ENROLMENT_TIME = timedelta(minutes=15)
NOTICES = frozenset({"enrolled", "removed", "withdrawn"})


@require_safe
@never_cache
@personal
def overview(request: HttpRequest, person: SignedInPerson) -> HttpResponse:
    """Show what is held about the person, and what they can do about it."""
    notice = request.GET.get("done", "")
    held = holdings.read(person.subject.identifier)
    policy = enrolment_policy.usable()
    context = {
        "person": person.subject.display_name,
        "held": held,
        "model": holdings.model_words(policy.application_model) if policy else "",
        "notice": notice if notice in NOTICES and _is_true(notice, held) else "",
        "needs_level": _needs(person, policy) if policy else 0,
        "paused": policy is None or not availability.is_open(),
    }
    return render(request, "biometric_auth/portal.html", context)


@require_POST
@personal
def enrol(_request: HttpRequest, person: SignedInPerson) -> HttpResponse:
    """Start an enrolment in this browser; a session that is too weak signs in again first."""
    home = get_policy().url(reverse("biometric-portal"))
    try:
        handle = transactions.create(
            purpose=Purpose.ENROLMENT.value,
            subject=person.subject.identifier,
            display_name=person.subject.display_name,
            client_name="Countersign",
            text=_("Set up face verification for your account."),
            acr="",
            browser=person.browser,
            resume_url=f"{home}?done=enrolled",
            cancel_url=home,
            expires_at=timezone.now() + ENROLMENT_TIME,
            session_level=person.level,
        )
    except SessionTooWeak as error:
        return sign_in(error.level)
    except PolicyUnusable:  # the page says so
        return _back("")
    return see_other(reverse("biometric-capture", args=[handle]))


@require_POST
@personal
def remove_device(
    _request: HttpRequest, person: SignedInPerson, device_id: uuid.UUID
) -> HttpResponse:
    """Remove one of the person's own devices; it cannot prove anything from now on."""
    if not devices.remove(subject=person.subject.identifier, device_id=device_id):
        raise Http404
    return _back("removed")


@require_safe
@never_cache
@personal
def ask_to_withdraw(request: HttpRequest, person: SignedInPerson) -> HttpResponse:
    """Say what withdrawing means, and ask once."""
    held = holdings.read(person.subject.identifier)
    if not held.withdrawable:
        return _back("")
    return render(request, "biometric_auth/withdraw.html", {})


@require_POST
@personal
def withdraw(_request: HttpRequest, person: SignedInPerson) -> HttpResponse:
    """Withdraw consent: references end at once, a task erases them. R-10-7."""
    revoked = lifecycle.revoke(subject=person.subject.identifier, reason="consent withdrawn")
    erase_soon(revoked)
    return _back("withdrawn")


@require_safe
@never_cache
@personal
def export(_request: HttpRequest, person: SignedInPerson) -> HttpResponse:
    """Give everything that is held, but nothing biometric, as one JSON file."""
    content = holdings.export(holdings.read(person.subject.identifier))
    return _download(content, "countersign-face-data.json")


@require_safe
@never_cache
@personal
def receipt(_request: HttpRequest, person: SignedInPerson, receipt_id: uuid.UUID) -> HttpResponse:
    """Give one of the person's own consent receipts as a file. R-10-2."""
    own = ConsentReceipt.objects.filter(pk=receipt_id, subject=person.subject.identifier).first()
    if own is None:
        raise Http404
    return _download(holdings.receipt(own), f"consent-receipt-{own.given_at:%Y-%m-%d}.json")


def _download(content: dict[str, Any], name: str) -> HttpResponse:
    response = JsonResponse(content, json_dumps_params={"indent": 2})
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _needs(person: SignedInPerson, policy: EnrolmentPolicy) -> int:
    """Return the level that the session still lacks to set up a face; 0 when it is enough."""
    needed = enrolment_policy.session_level_for(subject=person.subject.identifier, policy=policy)
    return needed if person.level < needed else 0


def _is_true(notice: str, held: holdings.Holdings) -> bool:
    """Say whether `notice` fits what is held: anybody can write a link with it."""
    if notice == "enrolled":
        return held.usable is not None
    return notice == "removed" or held.usable is None


def _back(notice: str) -> HttpResponse:
    done = f"?done={notice}" if notice in NOTICES else ""
    return see_other(reverse("biometric-portal") + done)
