"""Enrol: three or more challenged captures become one sealed reference. R-9.2-15, R-9.2-16.

ISO/IEC 24745. Between captures only sealed features exist. The old reference is revoked in
the transaction that activates the new one, so there is never a moment with two or none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.views.decorators.debug import sensitive_variables

from biometric_auth.domain import enrolment
from biometric_auth.domain.challenge import read_steps
from biometric_auth.domain.errors import SealBroken
from biometric_auth.domain.lifecycle import ReferenceState
from biometric_auth.domain.ports import BiometricEngine, TemplateProtection
from biometric_auth.domain.vocabulary import (
    BiometricReference,
    BiometricSample,
    Features,
    Outcome,
)
from biometric_auth.domain.workflow import CaptureState, TransactionState
from biometric_auth.models import BiometricReference as ReferenceRow
from biometric_auth.models import EnrolmentSample, Transaction
from biometric_auth.services import enrolment_policy, lifecycle, retry, templates
from biometric_auth.services.verify import CAPTURED, CaptureAnswer
from biometric_auth.vault import protection

Enrolled = Features | BiometricReference
"""What an accepted capture gave: its features, or with the last one the reference."""


@dataclass(frozen=True, slots=True)
class NotEnrolled:
    """Why a capture adds nothing; `start_over`: the captures do not fit together."""

    outcome: Outcome
    start_over: bool = False


@sensitive_variables()
def judge(
    *, row: Transaction, sample: BiometricSample, engine: BiometricEngine
) -> Enrolled | NotEnrolled:
    """Return what the capture adds to the enrolment, or why it is not good enough.

    Raises:
        UndecodableSample: a frame is no image within the bounds.
        SealBroken: an earlier capture's features were changed.
    """
    accepted = enrolment.accept_capture(
        sample=sample,
        observations=engine.observe(sample),
        steps=read_steps(row.steps),
        engine=engine,
    )
    if isinstance(accepted, Outcome):
        return NotEnrolled(accepted)
    if row.captures_done + 1 < row.policy.captures:
        return accepted
    earlier = templates.open_samples(row=row)
    if len(earlier) != row.captures_done:
        raise SealBroken
    made = enrolment.make_reference([*earlier, accepted], engine=engine)
    return NotEnrolled(made, start_over=True) if isinstance(made, Outcome) else made


@sensitive_variables()
def settle(
    *, row: Transaction, gained: Enrolled, engine: BiometricEngine, now: datetime
) -> CaptureAnswer | None:
    """Write what an accepted capture gave; None when the transaction ended meanwhile.

    Runs inside the caller's atomic block.
    """
    if isinstance(gained, BiometricReference):
        return _activate(row, gained, protection.strongest(engine), now)
    mine = Transaction.objects.filter(pk=row.pk)
    if not mine.move(CAPTURED, TransactionState.CLAIMED, captures_done=row.captures_done + 1):
        return None
    templates.keep_sample(row=row, features=gained)
    mine.update(key=row.key)
    return CaptureAnswer(
        CaptureState.NEXT_CAPTURE,
        attempts_left=row.attempts_left,
        captures_done=row.captures_done + 1,
    )


@sensitive_variables()
def _activate(
    row: Transaction,
    reference: BiometricReference,
    protected_by: TemplateProtection,
    now: datetime,
) -> CaptureAnswer | None:
    if not enrolment_policy.still_allows(row):
        return None
    done = row.captures_done + 1
    mine = Transaction.objects.filter(pk=row.pk)
    if not mine.move(
        CAPTURED,
        TransactionState.CONSUMED,
        captures_done=done,
        key=None,
        judged_at=now,
        consumed_at=now,
    ):
        return None
    superseded = lifecycle.revoke_references(subject=row.subject, reason="superseded")
    stored = _new_reference(row, reference, now)
    templates.seal_reference(row=stored, reference=reference, protected_by=protected_by)
    stored.save(force_insert=True)
    mine.update(reference=stored)
    EnrolmentSample.objects.filter(transaction=row).delete()
    if row.session_level >= enrolment.CONFIRMED_SESSION_LEVEL:
        # Another factor at that level has succeeded: R-9.2-10.
        retry.forget(subject=row.subject)
    return CaptureAnswer(
        CaptureState.ENROLLED,
        captures_done=done,
        continue_to=row.resume_url,
        erase=superseded,
    )


def _new_reference(row: Transaction, reference: BiometricReference, now: datetime) -> ReferenceRow:
    return ReferenceRow(
        subject=row.subject,
        state=ReferenceState.ACTIVE.value,
        engine=reference.engine,
        key=row.key,
        policy=row.policy,
        application_model=row.policy.application_model,
        enrolment=enrolment.enrolment_grade(row.session_level),
        created_at=now,
        settled_at=enrolment.settles_at(
            row.session_level, now=now, cooling_off=row.policy.cooling_off
        ),
        review_at=now + row.policy.reference_review_age,
        expires_at=now + row.policy.reference_lifetime,
    )
