"""The active enrolment policy and its versions. R-9.1-5."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils import timezone

from biometric_auth.domain import enrolment
from biometric_auth.models import BiometricReference, EnrolmentPolicy, Transaction
from biometric_auth.models.enrolment_policy import CONSENT_TEXT
from biometric_auth.policy import DATABASE, get_policy
from biometric_auth.services import security_events


def active() -> EnrolmentPolicy:
    """Return the active version; the first one is made from the settings when there is none."""
    found = EnrolmentPolicy.objects.filter(is_active=True).first()
    return found or _first()


def session_level_for(*, subject: str, policy: EnrolmentPolicy) -> int:
    """Return the level that a session of `subject` needs now to enrol a face or a device."""
    held = BiometricReference.objects.usable(timezone.now()).filter(subject=subject).exists()
    return enrolment.session_level_needed(policy.session_level, replaces=held)


def still_allows(row: Transaction) -> bool:
    """Tell whether the session that began an enrolment is strong enough for it now.

    Another enrolment may have ended since: its face and devices are not for a weaker session.
    """
    return row.session_level >= session_level_for(subject=row.subject, policy=row.policy)


@transaction.atomic(using=DATABASE)
def publish(*, values: Mapping[str, object], by: str) -> EnrolmentPolicy:
    """Make `values` the next version and the active one. Versions only grow."""
    current = active()
    EnrolmentPolicy.objects.select_for_update().get(pk=current.pk)
    EnrolmentPolicy.objects.filter(is_active=True).update(is_active=False)
    created = EnrolmentPolicy.objects.create(
        version=current.version + 1, created_at=timezone.now(), created_by=by, **values
    )
    security_events.record(kind="enrolment_policy_published", version=str(created.version), by=by)
    return created


def _first() -> EnrolmentPolicy:
    values = {"consent_text": CONSENT_TEXT, **get_policy().initial_policy}
    try:
        with transaction.atomic(using=DATABASE):
            return EnrolmentPolicy.objects.create(
                version=1, created_at=timezone.now(), created_by="settings", **values
            )
    except IntegrityError:  # another process was first
        return EnrolmentPolicy.objects.get(is_active=True)
