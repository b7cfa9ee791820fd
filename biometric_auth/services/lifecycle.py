"""Revoke, erase and purge. ISO/IEC 24745; R-9.4-6, R-10-5, R-10-7."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.db import transaction as database
from django.utils import timezone

from biometric_auth.domain.lifecycle import ReferenceState
from biometric_auth.domain.workflow import OPEN, TransactionState
from biometric_auth.models import (
    BiometricReference,
    ConsentReceipt,
    EnrolmentSample,
    SubjectKey,
    Transaction,
)
from biometric_auth.policy import DATABASE
from biometric_auth.services import security_events

TERM_OVER = "term_over"
TRANSACTION_RETENTION = timedelta(days=7)
"""How long an ended transaction is kept for the administrator; its record stays longer."""


@database.atomic(using=DATABASE)
def revoke(*, subject: str, reason: str) -> tuple[uuid.UUID, ...]:
    """Make every reference of `subject` unusable at once; return the ids to be erased."""
    revoked = revoke_references(subject=subject, reason=reason)
    now = timezone.now()
    ConsentReceipt.objects.filter(subject=subject, withdrawn_at=None).update(withdrawn_at=now)
    return revoked


def revoke_references(*, subject: str, reason: str) -> tuple[uuid.UUID, ...]:
    """Revoke within the caller's atomic block, which may activate a new reference."""
    rows = BiometricReference.objects.filter(subject=subject)
    held = rows.exclude(state__in=[ReferenceState.REVOKED.value, ReferenceState.ERASED.value])
    ids = tuple(held.select_for_update().values_list("pk", flat=True))
    if ids:
        rows.filter(pk__in=ids).move(
            ReferenceState.REVOKED, revoked_at=timezone.now(), revoked_reason=reason
        )
        security_events.record(kind="reference_revoked", subject=subject, reason=reason)
    return ids


def disable(*, reference: BiometricReference) -> None:
    """Take a reference out of use whose seal did not open, and raise the alarm. R-9.4-5."""
    with database.atomic(using=DATABASE):
        moved = BiometricReference.objects.filter(pk=reference.pk).move(
            ReferenceState.REVOKED, revoked_at=timezone.now(), revoked_reason="seal_broken"
        )
        if moved:
            security_events.record(
                kind="reference_seal_broken",
                subject=reference.subject,
                reference=str(reference.pk),
            )


@database.atomic(using=DATABASE)
def erase(*, reference_id: uuid.UUID) -> bool:
    """Erase a revoked reference: its key first, then the sealed template. True once."""
    held = BiometricReference.objects.filter(pk=reference_id, state=ReferenceState.REVOKED.value)
    key_id = held.select_for_update().values_list("key_id", flat=True).first()
    if key_id is not None:
        # Without its key the seal is noise, whatever a backup still holds (R-9.4-6).
        SubjectKey.objects.filter(pk=key_id).delete()
    erased = held.move(
        ReferenceState.ERASED, sealed_template=b"", key=None, erased_at=timezone.now()
    )
    return erased == 1


def reset_person(*, reference_id: uuid.UUID) -> str:
    """Return whose face was reset: of a revoked reference, unless its term was merely over."""
    held = BiometricReference.objects.filter(pk=reference_id, state=ReferenceState.REVOKED.value)
    reset = held.exclude(revoked_reason=TERM_OVER).values_list("subject", flat=True)
    return reset.first() or ""


def revoked_ids() -> list[uuid.UUID]:
    """Return what waits for erasure: the sweep that repairs a lost message."""
    held = BiometricReference.objects.filter(state=ReferenceState.REVOKED.value)
    return list(held.values_list("pk", flat=True))


@database.atomic(using=DATABASE)
def expire_references() -> int:
    """End references whose term is over, and mark those due for renewal. R-10-5, R-5.2-5."""
    now = timezone.now()
    rows = BiometricReference.objects
    ended = rows.filter(expires_at__lte=now).move(
        ReferenceState.REVOKED, revoked_at=now, revoked_reason=TERM_OVER
    )
    rows.filter(review_at__lte=now).move(ReferenceState.RENEWAL_DUE)
    return ended


def drop_samples(*, transaction: Transaction) -> None:
    """Erase what an enrolment under way has kept: its key first. R-9.4-2."""
    if transaction.key_id is not None:
        SubjectKey.objects.filter(pk=transaction.key_id).delete()
        transaction.key = None
    EnrolmentSample.objects.filter(transaction=transaction).delete()


@database.atomic(using=DATABASE)
def purge_transactions() -> int:
    """Expire what is over, with its samples, and delete what is old; return how many."""
    now = timezone.now()
    late = Transaction.objects.filter(
        expires_at__lte=now, state__in=sorted({*OPEN, TransactionState.JUDGED})
    )
    keys = list(late.exclude(key=None).values_list("key_id", flat=True))
    SubjectKey.objects.filter(pk__in=keys).delete()
    EnrolmentSample.objects.filter(transaction__expires_at__lte=now).delete()
    expired = late.update(state=TransactionState.EXPIRED)
    Transaction.objects.filter(expires_at__lte=now - TRANSACTION_RETENTION).delete()
    return expired
