"""Issue capture challenges: fresh, signed, bound, single-use. R-9.5-2; AGENT-PROTOCOL 3."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction as database
from django.utils import timezone

from biometric_auth.domain.challenge import draw_steps, step_claims
from biometric_auth.domain.errors import StepOutOfOrder
from biometric_auth.domain.workflow import CHALLENGEABLE, TransactionState
from biometric_auth.models import Transaction
from biometric_auth.policy import DATABASE, get_policy
from biometric_auth.services import (
    availability,
    enrolment_policy,
    lifecycle,
    security_events,
    transaction,
)
from biometric_auth.vault import keyring, wire

FRESHNESS = 3


@dataclass(frozen=True, slots=True)
class IssuedChallenge:
    """The signed challenge, and the keys to which its answer may be encrypted."""

    challenge: str
    encryption_jwks: dict[str, Any]


def issue(*, handle: uuid.UUID, browser: str) -> IssuedChallenge:
    """Draw and sign a new challenge for the claimed transaction.

    One that is still open is replaced, which costs an attempt: nobody may draw challenges
    until one suits a recording.

    Raises:
        StepOutOfOrder: not claimed, no attempts left, or the device was removed.
        VerificationStopped: an administrator has stopped it.
        PolicyUnusable: the policy of the transaction cannot be trusted.
    """
    with database.atomic(using=DATABASE):
        row = transaction.lock(handle=handle, browser=browser)
        availability.require_open(row, device=row.device)
        enrolment_policy.require_trusted(row.policy)
        issued = _issue(row)
        if issued is None:
            _refuse(row)
    if issued is None:
        raise StepOutOfOrder
    return issued


def _issue(row: Transaction) -> IssuedChallenge | None:
    if TransactionState(row.state) not in CHALLENGEABLE:
        raise StepOutOfOrder
    if row.state == TransactionState.CHALLENGED.value:
        row.attempts_left -= 1
    if row.attempts_left < 1 or row.device is None or row.device.removed_at is not None:
        return None
    # Whole seconds, as in the claims: the agent sets its clock by `iat`.
    now = timezone.now().replace(microsecond=0)
    row.challenge_issued_at = now
    row.challenge_expires_at = min(now + row.policy.challenge_lifetime, row.expires_at)
    row.steps = step_claims(draw_steps(freshness=FRESHNESS))
    key_ring = keyring.load(get_policy().key_ring)
    row.challenge_kid = str(key_ring.current.encryption_key.kid)
    signed = wire.sign_claims(_claims(row), key_ring=key_ring, typ=wire.CHALLENGE_TYPE)
    row.challenge_sha256 = transaction.sha256(signed)
    row.state = TransactionState.CHALLENGED.value
    row.save(
        update_fields=[
            "state",
            "attempts_left",
            "steps",
            "challenge_sha256",
            "challenge_kid",
            "challenge_issued_at",
            "challenge_expires_at",
        ]
    )
    return IssuedChallenge(signed, key_ring.encryption_jwks())


def _claims(row: Transaction) -> dict[str, object]:
    return {
        "iss": get_policy().issuer,
        "aud": str(row.device_id),
        "txn": str(row.pk),
        "nonce": secrets.token_urlsafe(24),
        "client": {"name": row.client_name},
        "purpose": row.purpose,
        "text": row.text,
        "text_sha256": transaction.sha256(row.text),
        "acr": row.acr,
        "policy": row.policy.version,
        "application_model": row.policy.application_model,
        "workflow": row.workflow,
        "enc": row.challenge_kid,
        "steps": row.steps,
        "iat": _seconds(row.challenge_issued_at),
        "exp": _seconds(row.challenge_expires_at),
    }


def _seconds(moment: datetime | None) -> int:
    return int((moment or datetime.now(UTC)).timestamp())


def _refuse(row: Transaction) -> None:
    row.state = TransactionState.REFUSED.value
    row.attempts_left = 0
    row.save(update_fields=["state", "attempts_left"])
    lifecycle.drop_samples(transaction=row)
    security_events.record(kind="attempts_used_up", subject=row.subject, transaction=row.pk)
