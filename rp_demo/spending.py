"""Spend an access token at the resource, and read what to do when it refuses. RFC 9470 3 and 5."""

from __future__ import annotations

import json
from dataclasses import dataclass

from rp_demo import bearer
from rp_demo.registration import TRANSFER, Requirement
from rp_demo.transport import Answer, Transport, Unreachable
from rp_demo.visit import Receipt, Transfer


@dataclass(frozen=True, slots=True)
class StepUp:
    """The resource wants the person authenticated as `requirement` says."""

    requirement: Requirement


@dataclass(frozen=True, slots=True)
class Declined:
    """The resource will not carry out this order, however the person signs in."""


def transfer_money(
    transport: Transport,
    url: str,
    access_token: str,
    order: Transfer,
    *,
    needed: Requirement = TRANSFER,
) -> Receipt | StepUp | Declined:
    """Order the transfer. Sent twice with the same `order.key` it is still carried out once.

    `needed`: what we know that a transfer takes, so that one round trip is enough where the
    resource does not say.

    Raises:
        Unreachable: the resource gives no usable answer.
    """
    answer = transport(
        "POST",
        url,
        headers={
            "Authorization": f"Bearer {access_token}",
            "Content-Type": "application/json",
            "Idempotency-Key": order.key,
        },
        body=json.dumps({"payee": order.payee, "amount": order.amount}).encode(),
    )
    match answer.status_code:
        case 200 | 201:
            return _receipt(answer)
        case 401:
            return StepUp(_asked(answer) or needed)
        case 400 | 403 | 409 | 422:
            return Declined()
        case status:
            message = f"the resource answered {status}"
            raise Unreachable(message)


def _receipt(answer: Answer) -> Receipt:
    try:
        said = answer.json()
        return Receipt(
            reference=str(said["reference"]),
            payee=str(said["payee"]),
            amount=str(said["amount"]),
            at=str(said["at"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        message = "the resource's receipt cannot be read"
        raise Unreachable(message) from error


def _asked(answer: Answer) -> Requirement | None:
    """Return what the challenge asks for; a token that is merely too old brings nothing along."""
    challenge = bearer.read(answer.headers.get("www-authenticate", ""))
    return challenge.requirement if challenge is not None else None
