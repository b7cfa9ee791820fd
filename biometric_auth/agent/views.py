"""The capture page and its error pages. AGENT-PROTOCOL, "Page"; R-6.2.3-3, R-6.2.3-4."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from biometric_auth.agent.build import build_sha256, modules
from biometric_auth.agent.headers import restrict
from biometric_auth.agent.wording import level_words, messages
from biometric_auth.domain.errors import TransactionNotFound
from biometric_auth.domain.workflow import OPEN, Purpose
from biometric_auth.models import Transaction
from biometric_auth.policy import get_policy
from biometric_auth.services import transaction as transactions

API = "/biometric/v1/"


@require_safe
def capture(request: HttpRequest, transaction_id: uuid.UUID) -> HttpResponse:
    """Show who asks for what, and let the person approve, deny or take another way."""
    policy = get_policy()
    browser = request.COOKIES.get(policy.browser_cookie_name, "")
    try:
        row = transactions.find(handle=transaction_id, browser=browser)
    except TransactionNotFound:
        return _error(request, HTTPStatus.NOT_FOUND)
    if transactions.state_now(row) not in OPEN:
        return _error(request, HTTPStatus.GONE)
    response = render(request, "biometric_auth/capture.html", _context(row))
    restrict(response, camera=True, simulated_camera=policy.simulated_camera_url)
    return response


def _context(row: Transaction) -> dict[str, object]:
    policy = get_policy()
    enrolment = row.purpose == Purpose.ENROLMENT.value
    return {
        "transaction": row,
        "enrolment": enrolment,
        "consent_needed": enrolment and row.consented_at is None,
        "consent_text": row.policy.consent_text,
        # Sorted, the browser's own key is the first: the screen lock is the person's choice.
        "device_kinds": sorted(row.policy.device_kinds),
        "captures_needed": row.policy.captures if enrolment else 1,
        "level": level_words(row.acr),
        "host": urlsplit(policy.issuer).netloc,
        "messages": messages(),
        "build": build_sha256(),
        "modules": modules(),
        "api": API,
        "metadata": reverse("biometric-metadata"),
        "simulated_camera": policy.simulated_camera_url.rstrip("/"),
    }


def _error(request: HttpRequest, status: HTTPStatus) -> HttpResponse:
    """Say that there is nothing to do here: one page for unknown and for another browser's."""
    context = {"gone": status is HTTPStatus.GONE}
    response = render(request, "biometric_auth/error.html", context, status=status)
    restrict(response)
    return response
