"""Risk records: written by one person, put into force by another, and held to what counts. R-5.1-1.

The rules of who may approve and the signatures are those of the assurance profile (R-9.1-5).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from idp import sealing
from idp.models import RiskRecord, SecurityEvent
from idp.protocol import dual_control
from idp.protocol.assurance import AssurancePolicy

_State = RiskRecord.State


class RecordError(Exception):
    """A step that is not allowed, in a sentence."""


@transaction.atomic
def draft(record: RiskRecord, *, by: str) -> None:
    """Keep a new record, signed by its author."""
    record.created_at, record.created_by = timezone.now(), by
    _sign(record)
    record.save(force_insert=True)
    _tell("drafted", record, by)


@transaction.atomic
def approve(*, record_id: int, by: str) -> None:
    """Put a draft into force; the one before is superseded.

    Raises:
        RecordError: no draft, changed since, past its day, or not for `by` to approve.
    """
    record = RiskRecord.objects.select_for_update().filter(pk=record_id, state=_State.DRAFT).first()
    if record is None:
        message = "This record is not a draft any more."
        raise RecordError(message)
    if not is_signed(record):
        message = "This record is not what its author signed: withdraw it and write another one."
        raise RecordError(message)
    if record.review_on < timezone.now().date():
        message = "This record is past its review date already."
        raise RecordError(message)
    if objection := dual_control.objection(author=record.created_by, approvers=(), by=by):
        raise RecordError(objection)
    record.approved_by, record.approved_at = by, timezone.now()
    _sign(record)
    try:
        with transaction.atomic():
            RiskRecord.objects.filter(state=_State.ACTIVE).update(state=_State.SUPERSEDED)
            RiskRecord.objects.filter(pk=record.pk, state=_State.DRAFT).update(
                state=_State.ACTIVE,
                approved_by=by,
                approved_at=record.approved_at,
                signature=record.signature,
            )
    except IntegrityError as error:
        message = "Another record came into force meanwhile: look at it first."
        raise RecordError(message) from error
    _tell("approved", record, by)


@transaction.atomic
def withdraw(*, record_id: int, by: str) -> None:
    """Give a draft up.

    Raises:
        RecordError: it is in force, or was.
    """
    drafts = RiskRecord.objects.filter(pk=record_id, state=_State.DRAFT)
    if not drafts.update(state=_State.WITHDRAWN):
        message = "This record is not a draft any more."
        raise RecordError(message)
    _tell("withdrawn", RiskRecord.objects.get(pk=record_id), by)


def is_signed(record: RiskRecord) -> bool:
    """Tell whether the signature is ours and covers what the row says."""
    return sealing.is_signed(record.statement, record.signature, purpose=sealing.RISK_RECORDS)


def in_force() -> RiskRecord | None:
    """Return the active record; None without one, and where its signature does not hold."""
    record = RiskRecord.objects.filter(state=_State.ACTIVE).first()
    return record if record and record.approved_by and is_signed(record) else None


def is_due(record: RiskRecord, *, today: date) -> bool:
    """Tell whether it has to be weighed again."""
    return record.review_on < today


def not_weighed(record: RiskRecord, policy: AssurancePolicy) -> Iterator[str]:
    """Yield what the profile in force accepts and the record does not."""
    if policy.accept_self_tested_pad and not record.accept_self_tested_pad:
        yield "attack detection that only this deployment has tested"
    if policy.accept_browser_capture and not record.accept_browser_capture:
        yield "a camera in a browser"


def _sign(record: RiskRecord) -> None:
    record.signature = sealing.sign(record.statement, purpose=sealing.RISK_RECORDS)


def _tell(what: str, record: RiskRecord, by: str) -> None:
    SecurityEvent.record(f"risk_record.{what}", by=by, record=record.pk)
