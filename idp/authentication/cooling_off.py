"""The time in which nothing counts in full: after a recovery, and for a new key. ASSURANCE.md.

R-9.4-9, R-9.2-15. A person's time covers every method, the remote ones too; a key has its own.
What was shown meanwhile stays what it was: to count in full, a person signs in once more.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from idp.contract import Evidence
from idp.models import OneTimeCodeSecret, Passkey, User
from idp.policy import get_policy
from idp.protocol.recovery import settles_at


def begin(person: User) -> None:
    """Start the time after a recovery."""
    person.cool_off(timezone.now() + get_policy().cooling_off_after_recovery)


def until(person: User) -> datetime | None:
    """Return when the person's time ends, where it runs."""
    end = person.cooling_off_until
    return end if end and end > timezone.now() else None


def cooled(evidence: Evidence, person: User) -> Evidence:
    """Return what `evidence` counts for this person now."""
    return replace(evidence, cooling_off=1) if until(person) else evidence


def of_key(row: Passkey | OneTimeCodeSecret) -> int:
    """Return the `cooling_off` of what this key shows now."""
    settled = settles_at(
        added=row.created_at,
        enrolment=row.enrolment,
        period=get_policy().cooling_off_of_new_keys,
    )
    return int(timezone.now() < settled)
