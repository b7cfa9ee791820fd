"""Claim a transaction with a device proof, before any challenge is issued. R-6.2.3-2."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction as database
from django.utils import timezone

from biometric_auth.domain.errors import ConsentNeeded, ProofRefused, StepOutOfOrder
from biometric_auth.domain.workflow import Purpose, TransactionState
from biometric_auth.models import Device, Transaction
from biometric_auth.policy import DATABASE
from biometric_auth.services import (
    device_proof,
    devices,
    security_events,
    transaction,
    webauthn_keys,
)


@dataclass(frozen=True, slots=True)
class ClaimOffer:
    """What the device is asked to sign."""

    nonce: str
    public_key: dict[str, Any] | None


def offer(*, handle: uuid.UUID, browser: str, device_id: uuid.UUID) -> ClaimOffer:
    """Draw the nonce that `device_id` must sign.

    Raises:
        ConsentNeeded: an enrolment without consent.
        ProofRefused: no device of this subject (one answer for unknown, removed, another's).
    """
    nonce = secrets.token_urlsafe(32)
    with database.atomic(using=DATABASE):
        row = _unclaimed(handle, browser)
        device = _device(row, device_id)
        if device is not None:
            row.claim_device, row.claim_nonce = device.pk, nonce
            row.save(update_fields=["claim_device", "claim_nonce"])
    if device is None:
        raise _refusal(row)
    if device.kind != Device.Kind.WEBAUTHN:
        return ClaimOffer(nonce, None)
    return ClaimOffer(nonce, webauthn_keys.request_options(device=device, nonce=nonce))


def prove(
    *, handle: uuid.UUID, browser: str, device_id: uuid.UUID, proof: Mapping[str, Any]
) -> None:
    """Claim the transaction for the device that signed the nonce; the nonce is used up.

    Raises:
        ProofRefused: the device did not prove itself; a new nonce is needed.
    """
    with database.atomic(using=DATABASE):
        row = _unclaimed(handle, browser)
        nonce, claimant = row.claim_nonce, row.claim_device
        row.claim_nonce, row.claim_device = "", None
        row.save(update_fields=["claim_nonce", "claim_device"])
        device = _device(row, device_id)
    if not nonce or device is None or claimant != device.pk:
        raise _refusal(row)
    try:
        count = device_proof.verify_claim(device=device, proof=proof, handle=row.pk, nonce=nonce)
    except ProofRefused as error:
        raise _refusal(row) from error
    with database.atomic(using=DATABASE):
        Device.objects.filter(pk=device.pk).update(sign_count=count, last_used_at=timezone.now())
        created = frozenset({TransactionState.CREATED})
        mine = Transaction.objects.filter(pk=row.pk)
        if not mine.move(created, TransactionState.CLAIMED, device=device):
            raise StepOutOfOrder


def _unclaimed(handle: uuid.UUID, browser: str) -> Transaction:
    row = transaction.lock(handle=handle, browser=browser)
    if row.state != TransactionState.CREATED.value:
        raise StepOutOfOrder
    if row.purpose == Purpose.ENROLMENT.value and row.consented_at is None:
        raise ConsentNeeded
    return row


def _device(row: Transaction, device_id: uuid.UUID) -> Device | None:
    mine = devices.in_use(subject=row.subject)
    return mine.filter(pk=device_id, kind__in=row.policy.device_kinds).first()


def _refusal(row: Transaction) -> ProofRefused:
    security_events.record(kind="claim_refused", subject=row.subject, transaction=row.pk)
    return ProofRefused()
