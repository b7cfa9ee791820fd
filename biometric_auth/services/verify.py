"""Judge a capture of an authentication: one subject, one reference, 1:1. R-1-1, R-6.2.1-2."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from biometric_auth.domain import verification
from biometric_auth.domain.challenge import read_steps
from biometric_auth.domain.ports import BiometricEngine
from biometric_auth.domain.vocabulary import BiometricSample, Outcome
from biometric_auth.domain.workflow import CaptureState, TransactionState
from biometric_auth.models import BiometricReference as ReferenceRow
from biometric_auth.models import Transaction
from biometric_auth.services import evidence, retry, templates, transaction

CAPTURED = frozenset({TransactionState.CAPTURED})
BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a capture came to. `outcome` is private; the agent learns only try again or not."""

    outcome: str
    accepted: bool = False
    start_over: bool = False
    reference: ReferenceRow | None = field(default=None, repr=False)
    pad_passed: bool = False
    challenge_verified: bool = False
    same_frames: bool = False


@dataclass(frozen=True, slots=True)
class CaptureAnswer:
    """What the agent is told: one shape for every refusal (R-9.2-11).

    `erase` names references that were superseded; the caller queues their erasure.
    """

    state: CaptureState
    attempts_left: int | None = None
    captures_done: int | None = None
    continue_to: str = ""
    erase: tuple[uuid.UUID, ...] = ()


@sensitive_variables()
def judge(*, row: Transaction, sample: BiometricSample, engine: BiometricEngine) -> Judgement:
    """Compare `sample` with the reference of the transaction's subject.

    Raises:
        UndecodableSample: a frame is no image within the bounds.
    """
    now = timezone.now()
    blocked = retry.is_blocked(subject=row.subject, soft_stop=row.policy.attempts, now=now)
    reference, opened = templates.open_usable(subject=row.subject, engine=engine, now=now)
    result = verification.verify(
        sample=sample,
        observations=engine.observe(sample),
        steps=read_steps(row.steps),
        reference=opened,
        engine=engine,
    )
    matched = result.outcome is Outcome.MATCH and reference is not None
    return Judgement(
        outcome=BLOCKED if blocked else result.outcome.value,
        accepted=matched and not blocked,
        reference=reference,
        pad_passed=result.pad_passed,
        challenge_verified=result.challenge_verified,
        same_frames=result.same_frames,
    )


def settle(
    *, row: Transaction, judgement: Judgement, engine: BiometricEngine, now: datetime
) -> CaptureAnswer | None:
    """Write an accepted judgement; None when reference or transaction ended meanwhile.

    Runs inside the caller's atomic block, which has locked the device's row.
    """
    device, reference = row.device, judgement.reference
    if device is None or reference is None:
        return None
    if not ReferenceRow.objects.usable(now).filter(pk=reference.pk).update(last_used_at=now):
        return None
    facts: dict[str, Any] = evidence.of_match(
        device=device,
        reference=reference,
        engine=engine,
        pad_passed=judgement.pad_passed,
        challenge_verified=judgement.challenge_verified,
        same_frames=judgement.same_frames,
        now=now,
    )
    receipt_sha256, continue_to = transaction.new_receipt(row.resume_url)
    moved = Transaction.objects.filter(pk=row.pk).move(
        CAPTURED,
        TransactionState.JUDGED,
        receipt_sha256=receipt_sha256,
        result=facts,
        reference=reference,
        judged_at=now,
    )
    if not moved:
        return None
    retry.forget(subject=row.subject)
    return CaptureAnswer(CaptureState.MATCHED, continue_to=continue_to)
