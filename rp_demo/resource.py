"""The protected resource: it asks for a step-up when the token shows too little. RFC 9470 3.

It trusts no word of the caller about levels: it introspects the token at the provider
(RFC 7662) and reads `acr` and `auth_time` there (RFC 9470 6.2).
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from rp_demo import bearer, oidc
from rp_demo.deployment import get_deployment
from rp_demo.registration import Requirement
from rp_demo.resource_metadata import url_of
from rp_demo.transport import Unreachable

LIMIT = Decimal(10_000)
CENT = Decimal("0.01")
LEEWAY = 10
LONGEST_PAYEE = 60
_KEY = re.compile(r"[A-Za-z0-9-]{16,64}")
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]{1,2000}=*")
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Order:
    """What to transfer: an amount of euros in whole cents."""

    payee: str
    amount: Decimal


class Ledger:
    """Transfers that were carried out, in memory: this bank forgets when its process ends."""

    def __init__(self, most: int = 10_000) -> None:
        """Keep at most `most` entries."""
        self._most = most
        self._lock = threading.Lock()
        self._entries: OrderedDict[tuple[str, str], tuple[Order, dict[str, str]]] = OrderedDict()

    def book(
        self, subject: str, key: str, order: Order, *, now: datetime
    ) -> tuple[dict[str, str] | None, bool]:
        """Return the entry and whether it is new; no entry if `key` named another order."""
        with self._lock:
            if found := self._entries.get((subject, key)):
                booked, entry = found
                return (entry if booked == order else None), False
            entry = {
                "reference": f"NW-{secrets.token_hex(4).upper()}",
                "payee": order.payee,
                "amount": f"{order.amount:.2f}",
                "at": now.isoformat(timespec="seconds"),
            }
            self._entries[subject, key] = (order, entry)
            if len(self._entries) > self._most:
                self._entries.popitem(last=False)
            return entry, True


ledger = Ledger()


@csrf_exempt
@require_POST
def transfer(request: HttpRequest) -> JsonResponse:
    """Carry out a transfer for the holder of a token that is good enough."""
    now = datetime.now(UTC)
    token = _bearer_token(request)
    if token is None:
        return _refuse(bearer.Challenge())
    deployment = get_deployment()
    try:
        said = oidc.introspect(deployment.provider, deployment.registration, token)
    except Unreachable:
        logger.warning("the provider does not answer introspection")
        return JsonResponse({"error": "temporarily_unavailable"}, status=503)
    if not _is_ours(said, deployment.registration.issuer, deployment.registration.client_id, now):
        return _refuse(bearer.Challenge(bearer.INVALID_TOKEN, "The token is not valid here."))
    if not holds(said, deployment.transfer, now=now):
        return _refuse(
            bearer.Challenge(
                bearer.INSUFFICIENT,
                "A stronger or newer authentication is needed.",
                deployment.transfer,
            )
        )
    return _book(request, str(said["sub"]), now)


def holds(said: dict[str, Any], requirement: Requirement, *, now: datetime) -> bool:
    """Tell whether an introspected token shows what `requirement` asks for."""
    if said.get("acr") not in requirement.acr_values:
        return False
    if requirement.seconds is None:
        return True
    auth_time = said.get("auth_time")
    if isinstance(auth_time, bool) or not isinstance(auth_time, int | float):
        return False
    age = now.timestamp() - auth_time
    return -LEEWAY <= age <= requirement.seconds + LEEWAY


def _bearer_token(request: HttpRequest) -> str | None:
    """Return the token of the header; the query and the body carry none (RFC 9700 4.3.2)."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not _TOKEN.fullmatch(token):
        return None
    return token


def _is_ours(said: dict[str, Any], issuer: str, client_id: str, now: datetime) -> bool:
    expires_at = said.get("exp")
    return (
        said.get("active") is True
        and said.get("iss", issuer) == issuer
        and said.get("client_id") == client_id
        and isinstance(expires_at, int | float)
        and expires_at > now.timestamp()
        and bool(said.get("sub"))
    )


def _book(request: HttpRequest, subject: str, now: datetime) -> JsonResponse:
    order = _order(request)
    key = request.headers.get("Idempotency-Key", "")
    if order is None or not _KEY.fullmatch(key):
        return JsonResponse({"error": "invalid_request"}, status=400)
    entry, new = ledger.book(subject, key, order, now=now)
    if entry is None:
        return JsonResponse({"error": "idempotency_key_reused"}, status=422)
    return JsonResponse(entry, status=201 if new else 200)


def _order(request: HttpRequest) -> Order | None:
    """Return the order of a sound message. The page's form is checked by the same rule."""
    try:
        message = json.loads(request.body)
        return read_order(message["payee"], message["amount"])
    except (ValueError, KeyError, TypeError):
        return None


def read_order(payee: object, amount: object) -> Order | None:
    """Return the order if payee and amount are acceptable."""
    if not isinstance(payee, str) or not isinstance(amount, str):
        return None
    name = " ".join(payee.split())
    try:
        euros = Decimal(amount.strip().replace(",", "."))
    except InvalidOperation:
        return None
    if not name or len(name) > LONGEST_PAYEE or not name.isprintable():
        return None
    # `is_finite` first: comparing NaN raises.
    if not euros.is_finite() or not CENT <= euros <= LIMIT or euros != euros.quantize(CENT):
        return None
    return Order(name, euros.quantize(CENT))


def _refuse(challenge: bearer.Challenge) -> JsonResponse:
    described = replace(challenge, metadata_url=url_of(get_deployment().resource_url))
    response = JsonResponse({"error": challenge.error or "invalid_request"}, status=401)
    response["WWW-Authenticate"] = described.header()
    return response
