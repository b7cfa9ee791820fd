"""A version of the assurance profile from draft into force. R-9.1-5.

draft, approved, active, superseded; or withdrawn. Each step is one guarded UPDATE, checks the
signature of what was agreed before it and signs what is agreed after it.
"""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from idp.authentication import profiles
from idp.models import AssuranceProfile, SecurityEvent
from idp.protocol import dual_control
from idp.protocol.assurance import AssurancePolicy

_State = AssuranceProfile.State
_TRIES = 20


class ProfileError(Exception):
    """A step that is not allowed, in a sentence."""


def draft(*, policy: AssurancePolicy, reason: str, by: str) -> AssuranceProfile:
    """Make `policy` the next version, as a draft.

    Rules that were in force before are a restoration, whoever writes them and however.
    """
    if not AssuranceProfile.objects.exists():
        profiles.first()
    made = AssuranceProfile(
        accept_self_tested_pad=policy.accept_self_tested_pad,
        accept_browser_capture=policy.accept_browser_capture,
        reason=reason,
        created_at=timezone.now(),
        created_by=by,
    )
    earlier = AssuranceProfile.objects.been_in_force()
    made.restores = next((one for one in earlier if one.policy == policy), None)
    for last_try in (False,) * (_TRIES - 1) + (True,):
        made.version = AssuranceProfile.objects.aggregate(newest=Max("version"))["newest"] + 1
        made.signature = profiles.sign(made)
        try:
            with transaction.atomic():
                made.save(force_insert=True)
                _record("drafted", made, by)
            break
        except IntegrityError:  # somebody else took that number
            if last_try:
                raise
    return made


@transaction.atomic
def approve(*, profile_id: int, by: str) -> AssuranceProfile:
    """Add the approval of `by`; with enough of them the draft is approved.

    Raises:
        ProfileError: not a draft any more, or not for `by` to approve.
    """
    row = _locked(profile_id, _State.DRAFT)
    objection = dual_control.objection(author=row.created_by, approvers=row.approvers, by=by)
    if objection:
        raise ProfileError(objection)
    before = {"approved_by": row.approved_by, "confirmed_by": row.confirmed_by}
    if row.approved_by:
        row.confirmed_by = by
    else:
        row.approved_by = by
    needed = dual_control.approvals_needed(restores=row.restores_id is not None)
    _move(
        AssuranceProfile.objects.filter(pk=row.pk, state=_State.DRAFT, **before).update(
            state=_State.APPROVED if len(row.approvers) >= needed else _State.DRAFT,
            approved_by=row.approved_by,
            confirmed_by=row.confirmed_by,
            signature=profiles.sign(row),
        )
    )
    _record("approved", row, by)
    return row


@transaction.atomic
def activate(*, profile_id: int, by: str) -> AssuranceProfile:
    """Put an approved version into force; the one before is superseded.

    Raises:
        ProfileError: not approved, or a newer version has been in force already.
    """
    # Version 1 is always there: whoever activates something else waits at its row.
    AssuranceProfile.objects.select_for_update().get(version=1)
    row = _locked(profile_id, _State.APPROVED)
    newest = AssuranceProfile.objects.been_in_force().first()
    if newest is not None and newest.version > row.version:
        message = "A newer version has been in force: draft this one again."
        raise ProfileError(message)
    AssuranceProfile.objects.filter(state=_State.ACTIVE).update(state=_State.SUPERSEDED)
    _move(
        AssuranceProfile.objects.filter(pk=row.pk, state=_State.APPROVED).update(
            state=_State.ACTIVE, activated_at=timezone.now(), activated_by=by
        )
    )
    _record("activated" if row.restores_id is None else "restored", row, by)
    transaction.on_commit(profiles.forget)
    return row


@transaction.atomic
def withdraw(*, profile_id: int, by: str) -> None:
    """Give a draft up.

    Raises:
        ProfileError: it is in force, or was.
    """
    waiting = (_State.DRAFT, _State.APPROVED)
    _move(
        AssuranceProfile.objects.filter(pk=profile_id, state__in=waiting).update(
            state=_State.WITHDRAWN
        )
    )
    _record("withdrawn", AssuranceProfile.objects.get(pk=profile_id), by)


def _locked(profile_id: int, state: str) -> AssuranceProfile:
    row = AssuranceProfile.objects.select_for_update().filter(pk=profile_id, state=state).first()
    if row is None:
        message = f"This version is not {'a draft' if state == _State.DRAFT else state} any more."
        raise ProfileError(message)
    trusted = profiles.is_signed if state == _State.DRAFT else profiles.is_trusted
    if not trusted(row):
        message = "This version is not what was signed: withdraw it and draft another one."
        raise ProfileError(message)
    return row


def _move(rows: int) -> None:
    if rows != 1:
        message = "Somebody else was first: look at it again."
        raise ProfileError(message)


def _record(what: str, row: AssuranceProfile, by: str) -> None:
    details: dict[str, Any] = {"version": row.version, "profile": row.name}
    if row.restores:
        details["restores"] = row.restores.version
    SecurityEvent.record(f"assurance_profile.{what}", by=by, **details)
