"""The enrolment policy in force, trusted by its signature. R-9.1-2, R-9.1-5."""

from __future__ import annotations

import logging

from django.db import IntegrityError, transaction
from django.utils import timezone

from biometric_auth.domain import dual_control, enrolment
from biometric_auth.domain.errors import BiometricError, PolicyUnusable, SealBroken
from biometric_auth.models import BiometricReference, EnrolmentPolicy, Transaction
from biometric_auth.models.enrolment_policy import CONSENT_TEXT
from biometric_auth.policy import DATABASE, get_policy
from biometric_auth.vault import keyring, wire

logger = logging.getLogger(__name__)
POLICY_TYPE = "countersign-policy+jwt"
_State = EnrolmentPolicy.State


def active() -> EnrolmentPolicy:
    """Return the active version; the first one is made from the settings when there is none.

    Raises:
        PolicyUnusable: its signature does not hold, or a newer one was in force before.
    """
    been_in_force = EnrolmentPolicy.objects.filter(state__in=(_State.ACTIVE, _State.SUPERSEDED))
    newest = been_in_force.order_by("-version").first() or _first()
    if newest.state != _State.ACTIVE:
        logger.error("enrolment policy %s was in force and is not active", newest.version)
        raise PolicyUnusable
    require_trusted(newest)
    return newest


def usable() -> EnrolmentPolicy | None:
    """Return the active version; None where it cannot be trusted: the other ways remain."""
    try:
        return active()
    except BiometricError:
        return None


def require_trusted(policy: EnrolmentPolicy) -> None:
    """Check that this is what was approved, by as many as it takes.

    Raises:
        PolicyUnusable: it is not.
    """
    needed = dual_control.approvals_needed(restores=policy.restores_id is not None)
    approved = policy.version == 1 or len(policy.approvers) >= needed
    if not approved or not is_signed(policy):
        logger.error("enrolment policy %s does not hold", policy.version)
        raise PolicyUnusable


def is_signed(policy: EnrolmentPolicy) -> bool:
    """Tell whether the signature is ours and covers what the row says."""
    key_ring = keyring.load(get_policy().key_ring)
    try:
        signed = wire.read_claims(policy.signature, key_ring=key_ring, typ=POLICY_TYPE)
    except SealBroken:
        return False
    return signed == _claims(policy)


def sign(policy: EnrolmentPolicy) -> str:
    """Return the signature over content, version, author and approvers."""
    key_ring = keyring.load(get_policy().key_ring)
    return wire.sign_claims(_claims(policy), key_ring=key_ring, typ=POLICY_TYPE)


def session_level_for(*, subject: str, policy: EnrolmentPolicy) -> int:
    """Return the level that a session of `subject` needs now to enrol a face or a device."""
    held = BiometricReference.objects.usable(timezone.now()).filter(subject=subject).exists()
    return enrolment.session_level_needed(policy.session_level, replaces=held)


def still_allows(row: Transaction) -> bool:
    """Tell whether the session that began an enrolment is strong enough for it now.

    Another enrolment may have ended since: its face and devices are not for a weaker session.
    """
    return row.session_level >= session_level_for(subject=row.subject, policy=row.policy)


def _claims(policy: EnrolmentPolicy) -> dict[str, object]:
    return {
        "version": policy.version,
        "content": policy.content,
        "author": policy.created_by,
        "approvers": policy.approvers,
        "restores": policy.restores_id,
    }


def _first() -> EnrolmentPolicy:
    values = {"consent_text": CONSENT_TEXT, **get_policy().initial_policy}
    now = timezone.now()
    made = EnrolmentPolicy(
        version=1,
        state=_State.ACTIVE,
        created_at=now,
        created_by="settings",
        activated_at=now,
        activated_by="settings",
        **values,
    )
    made.signature = sign(made)
    try:
        with transaction.atomic(using=DATABASE):
            made.save(force_insert=True)
    except IntegrityError:  # another process was first
        return EnrolmentPolicy.objects.get(state=_State.ACTIVE)
    return made
