"""Consent before the camera opens, and its receipt. R-10-1, R-10-2."""

from __future__ import annotations

import uuid

from django.db import transaction as database
from django.utils import timezone

from biometric_auth.domain.errors import ConsentChanged, StepOutOfOrder
from biometric_auth.domain.workflow import Purpose, TransactionState
from biometric_auth.models import ConsentReceipt
from biometric_auth.policy import DATABASE, get_policy
from biometric_auth.services import transaction
from biometric_auth.vault import keyring, wire

RECEIPT_TYPE = "countersign-consent+jwt"


@database.atomic(using=DATABASE)
def give(*, handle: uuid.UUID, browser: str, version: str, language: str) -> ConsentReceipt:
    """Write the receipt of a consent to exactly the wording that was shown.

    Raises:
        ConsentChanged: the wording is not `version` any more.
        StepOutOfOrder: nothing to consent to, or the capture is under way already.
    """
    row = transaction.lock(handle=handle, browser=browser)
    created = row.state == TransactionState.CREATED.value
    if row.purpose != Purpose.ENROLMENT.value or not created or row.consented_at is not None:
        raise StepOutOfOrder
    if version != row.policy.consent_version:
        raise ConsentChanged
    now = timezone.now()
    receipt = ConsentReceipt(
        subject=row.subject,
        transaction=row.pk,
        given_at=now,
        text_version=version,
        text_sha256=row.policy.consent_sha256,
        language=language,
        purpose="face verification",
        application_model=row.policy.application_model,
        retention=row.policy.reference_lifetime,
    )
    receipt.signed = _signed(receipt)
    receipt.save(force_insert=True)
    row.consented_at = now
    row.save(update_fields=["consented_at"])
    return receipt


def _signed(receipt: ConsentReceipt) -> str:
    policy = get_policy()
    claims = {
        "iss": policy.issuer,
        "sub": receipt.subject,
        "jti": str(receipt.id),
        "iat": int(receipt.given_at.timestamp()),
        "text_version": receipt.text_version,
        "text_sha256": receipt.text_sha256,
        "language": receipt.language,
        "purpose": receipt.purpose,
        "application_model": receipt.application_model,
        "retention_seconds": int(receipt.retention.total_seconds()),
        "method": "explicit, unticked box in the agent",
    }
    return wire.sign_claims(claims, key_ring=keyring.load(policy.key_ring), typ=RECEIPT_TYPE)
