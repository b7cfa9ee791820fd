"""A version of the enrolment policy from draft into force. R-9.1-5.

draft, approved, active, superseded; or withdrawn. Each step is one guarded UPDATE, checks the
signature of what was agreed before it and signs what is agreed after it.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from biometric_auth.domain import dual_control
from biometric_auth.domain.errors import PolicyRefused
from biometric_auth.models import EnrolmentPolicy
from biometric_auth.models.enrolment_policy import CONTENT
from biometric_auth.policy import DATABASE
from biometric_auth.services import enrolment_policy, security_events

_State = EnrolmentPolicy.State
_TRIES = 20


def draft(*, values: Mapping[str, object], by: str) -> EnrolmentPolicy:
    """Make `values` the next version, as a draft.

    A content that was in force before is a restoration, whoever writes it and however.
    """
    if not EnrolmentPolicy.objects.exists():
        enrolment_policy.active()  # the first version, to differ from
    made = EnrolmentPolicy(created_at=timezone.now(), created_by=by, **values)
    made.restores = next((one for one in _been_in_force() if one.content == made.content), None)
    for last_try in (False,) * (_TRIES - 1) + (True,):
        newest = EnrolmentPolicy.objects.aggregate(newest=Max("version"))["newest"]
        made.version = newest + 1
        made.signature = enrolment_policy.sign(made)
        try:
            with transaction.atomic(using=DATABASE):
                made.save(force_insert=True)
                _record("drafted", made, by)
            break
        except IntegrityError:  # somebody else took that number
            if last_try:
                raise
    return made


def restore(*, policy_id: int, by: str) -> EnrolmentPolicy:
    """Draft the content of an older version again.

    Raises:
        PolicyRefused: it was never in force, or is now.
    """
    row = EnrolmentPolicy.objects.get(pk=policy_id)
    if row.state != _State.SUPERSEDED or not enrolment_policy.is_signed(row):
        message = "Only a version that was in force before can be taken up again."
        raise PolicyRefused(message)
    return draft(values={name: getattr(row, name) for name in CONTENT}, by=by)


@transaction.atomic(using=DATABASE)
def approve(*, policy_id: int, by: str) -> EnrolmentPolicy:
    """Add the approval of `by`; with enough of them the draft is approved.

    Raises:
        PolicyRefused: not a draft any more, or not for `by` to approve.
    """
    row = _locked(policy_id, _State.DRAFT)
    objection = dual_control.objection(author=row.created_by, approvers=row.approvers, by=by)
    if objection:
        raise PolicyRefused(objection)
    before = {"approved_by": row.approved_by, "confirmed_by": row.confirmed_by}
    if row.approved_by:
        row.confirmed_by = by
    else:
        row.approved_by = by
    needed = dual_control.approvals_needed(restores=row.restores_id is not None)
    state = _State.APPROVED if len(row.approvers) >= needed else _State.DRAFT
    _move(
        EnrolmentPolicy.objects.filter(pk=row.pk, state=_State.DRAFT, **before).update(
            state=state,
            approved_by=row.approved_by,
            confirmed_by=row.confirmed_by,
            signature=enrolment_policy.sign(row),
        )
    )
    _record("approved", row, by)
    return row


@transaction.atomic(using=DATABASE)
def activate(*, policy_id: int, by: str) -> EnrolmentPolicy:
    """Put an approved version into force; the one before is superseded.

    Raises:
        PolicyRefused: not approved, or a newer version is in force already.
    """
    # Version 1 is always there: whoever activates something else waits at its row.
    EnrolmentPolicy.objects.select_for_update().get(version=1)
    row = _locked(policy_id, _State.APPROVED)
    enrolment_policy.require_trusted(row)
    newest = _been_in_force().first()
    if newest is not None and newest.version > row.version:
        message = "A newer version has been in force: draft this one again."
        raise PolicyRefused(message)
    EnrolmentPolicy.objects.filter(state=_State.ACTIVE).update(state=_State.SUPERSEDED)
    _move(
        EnrolmentPolicy.objects.filter(pk=row.pk, state=_State.APPROVED).update(
            state=_State.ACTIVE, activated_at=timezone.now(), activated_by=by
        )
    )
    kind = "activated" if row.restores_id is None else "restored"
    _record(kind, row, by)
    return row


@transaction.atomic(using=DATABASE)
def withdraw(*, policy_id: int, by: str) -> None:
    """Give a draft up.

    Raises:
        PolicyRefused: it is in force, or was.
    """
    waiting = EnrolmentPolicy.objects.filter(
        pk=policy_id, state__in=(_State.DRAFT, _State.APPROVED)
    )
    _move(waiting.update(state=_State.WITHDRAWN))
    _record("withdrawn", EnrolmentPolicy.objects.get(pk=policy_id), by)


def _been_in_force() -> QuerySet[EnrolmentPolicy]:
    states = (_State.ACTIVE, _State.SUPERSEDED)
    return EnrolmentPolicy.objects.filter(state__in=states).order_by("-version")


def _locked(policy_id: int, state: str) -> EnrolmentPolicy:
    row = EnrolmentPolicy.objects.select_for_update().filter(pk=policy_id, state=state).first()
    if row is None:
        message = f"This version is not {'a draft' if state == _State.DRAFT else state} any more."
        raise PolicyRefused(message)
    if not enrolment_policy.is_signed(row):
        message = "This version is not what was signed: withdraw it and draft another one."
        raise PolicyRefused(message)
    return row


def _move(rows: int) -> None:
    if rows != 1:
        message = "Somebody else was first: look at it again."
        raise PolicyRefused(message)


def _record(what: str, row: EnrolmentPolicy, by: str) -> None:
    restores = str(row.restores.version) if row.restores else ""
    security_events.record(
        kind=f"enrolment_policy_{what}", version=str(row.version), by=by, restores=restores
    )
