"""The assurance profile in force, trusted by its signature. R-9.1-2, R-9.1-5; ASSURANCE.md.

Remembered by each process for seconds. Whatever cannot be trusted is replaced by the strict
rules: no remote biometric counts that nobody has evaluated, and all else stays as it is.
"""

from __future__ import annotations

import logging
import time

from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from idp import sealing
from idp.models import AssuranceProfile
from idp.policy import get_policy
from idp.protocol import dual_control
from idp.protocol.assurance import PROFILES, STRICT
from idp.protocol.evidence_record import Profile

logger = logging.getLogger(__name__)
REMEMBERED = 5.0
"""Seconds until a process sees another version."""
_State = AssuranceProfile.State


_FALLBACK = Profile(0, STRICT)
_remembered: list[tuple[float, Profile]] = []


def in_force() -> Profile:
    """Return the rules that count now, some seconds old at most."""
    if _remembered and _remembered[0][0] > time.monotonic():
        return _remembered[0][1]
    found = _read()
    _remembered[:] = [(time.monotonic() + REMEMBERED, found)]
    return found


def forget() -> None:
    """Read the profile again at its next use."""
    _remembered.clear()


def is_trusted(profile: AssuranceProfile) -> bool:
    """Tell whether this is what was approved, by as many as it takes."""
    needed = dual_control.approvals_needed(restores=profile.restores_id is not None)
    approved = profile.version == 1 or len(profile.approvers) >= needed
    return approved and is_signed(profile)


def is_signed(profile: AssuranceProfile) -> bool:
    """Tell whether the signature is ours and covers what the row says."""
    return sealing.is_signed(
        profile.statement, profile.signature, purpose=sealing.ASSURANCE_PROFILES
    )


def sign(profile: AssuranceProfile) -> str:
    """Return the signature over content, version, author and approvers."""
    return sealing.sign(profile.statement, purpose=sealing.ASSURANCE_PROFILES)


def first() -> AssuranceProfile:
    """Return version 1, made from the settings when there is none."""
    accepts = PROFILES[get_policy().profile]
    now = timezone.now()
    made = AssuranceProfile(
        version=1,
        state=_State.ACTIVE,
        accept_self_tested_pad=accepts.accept_self_tested_pad,
        accept_browser_capture=accepts.accept_browser_capture,
        reason="From the settings of the deployment.",
        created_at=now,
        created_by="settings",
        activated_at=now,
        activated_by="settings",
    )
    made.signature = sign(made)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:  # another process was first
        return AssuranceProfile.objects.get(version=1)
    return made


def _read() -> Profile:
    try:
        newest = AssuranceProfile.objects.been_in_force().first() or first()
    except DatabaseError:
        logger.exception("the assurance profile cannot be read: strict rules count")
        return _FALLBACK
    if newest.state != _State.ACTIVE or not is_trusted(newest):
        logger.error("assurance profile %s does not hold: strict rules count", newest.version)
        return _FALLBACK
    return Profile(newest.version, newest.policy)
