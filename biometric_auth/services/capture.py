"""Take a capture: consume the challenge, open the message, judge, settle. AGENT-PROTOCOL 4, 5.

The challenge is consumed by one guarded UPDATE before anything is looked at, so of twenty
posts of one message one is judged and none can be sent again (R-9.5-4). No database lock is
held while images are judged. Whatever fails after that ends in one shape of answer (R-9.2-11).
"""

from __future__ import annotations

import logging
import time
import traceback
import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import IntegrityError
from django.db import transaction as database
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from biometric_auth.domain.capture_message import ExpectedCapture, read_object, read_sample
from biometric_auth.domain.errors import MalformedMessage, ProofRefused, VerificationStopped
from biometric_auth.domain.ports import BiometricEngine, UndecodableSample
from biometric_auth.domain.vocabulary import BiometricSample, Outcome
from biometric_auth.domain.workflow import CaptureState, Purpose, TransactionState
from biometric_auth.models import Device, Transaction, VerificationRecord
from biometric_auth.policy import DATABASE, get_policy
from biometric_auth.services import (
    availability,
    device_proof,
    enrol,
    enrolment_policy,
    lifecycle,
    retry,
    security_events,
    transaction,
    verify,
)
from biometric_auth.services.verify import CaptureAnswer, Judgement
from biometric_auth.vault import keyring, wire

logger = logging.getLogger(__name__)

_CHALLENGED = frozenset({TransactionState.CHALLENGED})
_MIN_PARTS = 3
_FAULT = "fault"
_UNCOUNTED = frozenset({_FAULT, verify.BLOCKED})
_REFUSED_BEFORE: dict[type[Exception], str] = {
    VerificationStopped: verify.BLOCKED,
    MalformedMessage: "invalid_message",
    ProofRefused: "proof_refused",
    UndecodableSample: "undecodable_sample",
}
_ORDINARY = frozenset(
    {
        Outcome.MATCH.value,
        Outcome.NON_MATCH.value,
        Outcome.POOR_QUALITY.value,
        Outcome.FAILURE_TO_ACQUIRE.value,
        Outcome.CHALLENGE_FAILED.value,
    }
)


class _Lost(Exception):  # noqa: N818 - rolls back, is never seen outside
    """Device, reference or transaction ended while the capture was judged."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """A judged capture on its way to the tables. Nothing of it prints."""

    judgement: Judgement
    sign_count: int = 0
    gained: enrol.Enrolled | None = field(default=None, repr=False)


@sensitive_variables()
def submit(
    *, handle: uuid.UUID, browser: str, message: bytes, engine: BiometricEngine
) -> CaptureAnswer:
    """Judge one capture, at most once.

    Raises:
        TransactionNotFound: not this browser's.
        MalformedMessage: `message` has not even the outer form of a capture.
    """
    arrived_at, started = timezone.now(), time.perf_counter()
    if not wire.looks_like_capture(message):
        transaction.find(handle=handle, browser=browser)
        raise MalformedMessage
    row, open_challenge = _consume(handle, browser, arrived_at)
    if not open_challenge:
        security_events.record(
            kind="capture_without_challenge", subject=row.subject, transaction=row.pk
        )
        return _unjudged(row)
    taken = _examine(row, message, engine, arrived_at)
    return _settle(row, taken, engine, started)


def _consume(handle: uuid.UUID, browser: str, now: datetime) -> tuple[Transaction, bool]:
    """Consume the open challenge; the row still carries what it was."""
    with database.atomic(using=DATABASE):
        row = transaction.find_locked(handle=handle, browser=browser)
        alive = row.expires_at > now and row.state == TransactionState.CHALLENGED.value
        mine = Transaction.objects.filter(pk=row.pk, challenge_sha256=row.challenge_sha256)
        consumed = alive and mine.move(_CHALLENGED, TransactionState.CAPTURED, challenge_sha256="")
    return row, consumed


@sensitive_variables()
def _examine(
    row: Transaction, message: bytes, engine: BiometricEngine, arrived_at: datetime
) -> _Taken:
    """Open and judge the message. Every failure is a refusal: R-6.2.1-2, R-9.1-2."""
    try:
        availability.require_open(row, device=row.device, engine=engine.name)
        enrolment_policy.require_trusted(row.policy)
        sample, sign_count = _open(row, message, arrived_at)
        if row.purpose == Purpose.ENROLMENT.value:
            return replace(_judge_enrolment(row, sample, engine), sign_count=sign_count)
        return _Taken(verify.judge(row=row, sample=sample, engine=engine), sign_count)
    except tuple(_REFUSED_BEFORE) as error:
        return _Taken(Judgement(_REFUSED_BEFORE.get(type(error), _FAULT)))
    except Exception as error:  # noqa: BLE001 - fail closed, in the one shape of a refusal
        # The message of an exception may quote data: log its type and its way only.
        way = "".join(traceback.format_tb(error.__traceback__))
        logger.error("a capture could not be judged: %s\n%s", type(error).__name__, way)  # noqa: TRY400
        return _Taken(Judgement(_FAULT))


def _judge_enrolment(row: Transaction, sample: BiometricSample, engine: BiometricEngine) -> _Taken:
    gained = enrol.judge(row=row, sample=sample, engine=engine)
    if isinstance(gained, enrol.NotEnrolled):
        return _Taken(Judgement(gained.outcome.value, start_over=gained.start_over))
    return _Taken(Judgement(Outcome.MATCH.value, accepted=True), gained=gained)


@sensitive_variables()
def _open(row: Transaction, message: bytes, arrived_at: datetime) -> tuple[BiometricSample, int]:
    """Return the sample and the device's signature counter: JWE, proof, manifest, frames."""
    key_ring = keyring.load(get_policy().key_ring)
    parts = wire.decrypt_capture(message, key_ring=key_ring, kid=row.challenge_kid)
    if len(parts) < _MIN_PARTS:
        raise MalformedMessage
    manifest, proof, *images = parts
    if len(manifest) > wire.MAX_MANIFEST_BYTES or len(proof) > wire.MAX_PROOF_BYTES:
        raise MalformedMessage
    device = row.device
    if device is None or device.removed_at is not None:
        raise ProofRefused
    count = device_proof.verify_capture(device=device, proof=read_object(proof), manifest=manifest)
    expected = ExpectedCapture(
        transaction=str(row.pk),
        challenge_sha256=row.challenge_sha256,
        device=str(device.pk),
        steps=len(row.steps),
        issued_at=row.challenge_issued_at or arrived_at,
        expires_at=row.challenge_expires_at or arrived_at,
        arrived_at=arrived_at,
    )
    return read_sample(manifest, images, expected=expected), count


@sensitive_variables()
def _settle(
    row: Transaction, taken: _Taken, engine: BiometricEngine, started: float
) -> CaptureAnswer:
    """Write answer and record together, or nothing."""
    if taken.judgement.accepted:
        try:
            with database.atomic(using=DATABASE):
                answer = _accept(row, taken, engine)
                _record(row, taken.judgement, engine, accepted=True, started=started)
                return answer
        except (_Lost, IntegrityError):
            # Ended meanwhile, or another enrolment of the same person was first.
            pass
    with database.atomic(using=DATABASE):
        _record(row, taken.judgement, engine, accepted=False, started=started)
        return _refuse(row, taken.judgement)


@sensitive_variables()
def _accept(row: Transaction, taken: _Taken, engine: BiometricEngine) -> CaptureAnswer:
    now = timezone.now()
    mine = Device.objects.filter(removed_at=None)
    if row.device is None or not mine.filter(pk=row.device.pk).update(
        last_used_at=now, sign_count=taken.sign_count
    ):
        raise _Lost
    if taken.gained is not None:
        answer = enrol.settle(row=row, gained=taken.gained, engine=engine, now=now)
    else:
        answer = verify.settle(row=row, judgement=taken.judgement, engine=engine, now=now)
    if answer is None:
        raise _Lost
    return answer


def _refuse(row: Transaction, judgement: Judgement) -> CaptureAnswer:
    left = row.attempts_left - 1
    changes: dict[str, object] = {"attempts_left": left}
    if judgement.start_over:
        lifecycle.drop_samples(transaction=row)
        changes |= {"captures_done": 0, "key": None}
    target = TransactionState.CLAIMED if left > 0 else TransactionState.REFUSED
    moved = Transaction.objects.filter(pk=row.pk).move(verify.CAPTURED, target, **changes)
    if target is TransactionState.REFUSED:
        lifecycle.drop_samples(transaction=row)
    if row.purpose == Purpose.AUTHENTICATION.value and judgement.outcome not in _UNCOUNTED:
        retry.count_failure(subject=row.subject, outcome=judgement.outcome, now=timezone.now())
    if judgement.outcome not in _ORDINARY or target is TransactionState.REFUSED:
        security_events.record(
            kind="capture_refused",
            subject=row.subject,
            transaction=row.pk,
            outcome=judgement.outcome,
        )
    return _refusal(row, left if moved else 0)


def _unjudged(row: Transaction) -> CaptureAnswer:
    """Answer a capture that nothing asked for."""
    waiting = {TransactionState.CLAIMED, TransactionState.CAPTURED}
    alive = transaction.state_now(row) in waiting
    return _refusal(row, row.attempts_left if alive else 0)


def _refusal(row: Transaction, left: int) -> CaptureAnswer:
    if left > 0:
        return CaptureAnswer(CaptureState.TRY_AGAIN, attempts_left=left)
    return CaptureAnswer(CaptureState.REFUSED, attempts_left=0, continue_to=row.cancel_url)


def _record(
    row: Transaction,
    judgement: Judgement,
    engine: BiometricEngine,
    *,
    accepted: bool,
    started: float,
) -> None:
    VerificationRecord.objects.create(
        at=timezone.now(),
        subject=row.subject,
        transaction=row.pk,
        purpose=row.purpose,
        device=row.device_id,
        reference=judgement.reference.pk if judgement.reference else None,
        accepted=accepted,
        outcome=judgement.outcome,
        duration_ms=round((time.perf_counter() - started) * 1000),
        engine=engine.name,
        operating_point=engine.operating_point.evaluation,
        policy_version=row.policy.version,
    )
