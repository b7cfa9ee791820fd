"""Add, name and remove passkeys of a signed-in person. WebAuthn Level 3, 7.1; OIDC.md J8."""

from __future__ import annotations

import struct

from cryptography.exceptions import InvalidSignature
from django.db import IntegrityError, transaction
from django.utils import timezone
from webauthn import generate_registration_options, options_to_json, verify_registration_response
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from idp import attestation
from idp.authentication import authenticators, letters, passkey
from idp.models import Letter, Passkey, SecurityEvent, User
from idp.protocol.recovery import enrolment_grade

RP_NAME = "Countersign"
LONGEST_NAME = 80
UNNAMED = "Passkey"
_BROKEN = (
    *attestation.BROKEN_CERTIFICATE,
    WebAuthnException,
    IntegrityError,
    LookupError,
    TypeError,
    AttributeError,
    struct.error,
    InvalidSignature,
)
"""What the library lets through of a credential that is not one, besides its own exceptions."""


class LastWayIn(ValueError):  # noqa: N818 - says what is wrong, as our other faults do
    """The passkey cannot be removed: its person could not sign in any more."""


def creation_options(*, handle: str, user: User) -> str:
    """Return the options for ``navigator.credentials.create`` as JSON."""
    subject = user.as_subject()
    return options_to_json(
        generate_registration_options(
            rp_id=passkey.relying_party_id(),
            rp_name=RP_NAME,
            user_id=passkey.user_handle(subject.identifier),
            user_name=user.get_username(),
            user_display_name=subject.display_name,
            challenge=passkey.keep_challenge(handle),
            attestation=(
                AttestationConveyancePreference.DIRECT
                if authenticators.is_asked_for()
                else AttestationConveyancePreference.NONE
            ),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[
                PublicKeyCredentialDescriptor(id=bytes(row.credential_id))
                for row in user.passkeys.all()
            ],
        )
    )


def add(*, handle: str, user: User, credential: str, name: str, level: int) -> Passkey | None:
    """Store a new credential; None when its proof does not hold.

    An attestation that leads to no pinned root is like none at all; one that contradicts
    itself is refused. `level` is the session's, now.
    """
    challenge = passkey.take_challenge(handle)
    if challenge is None:
        return None
    try:
        verified = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=passkey.relying_party_id(),
            expected_origin=passkey.origin(),
            require_user_verification=True,
        )
        with transaction.atomic():
            row = Passkey.objects.create(
                user=user,
                credential_id=verified.credential_id,
                public_key=verified.credential_public_key,
                sign_count=verified.sign_count,
                name=name[:LONGEST_NAME] or UNNAMED,
                backup_eligible=passkey.is_backup_eligible(verified),
                backed_up=verified.credential_backed_up,
                aaguid=verified.aaguid,
                anchor=authenticators.anchor_of(verified),
                enrolment=enrolment_grade(level),
                created_at=timezone.now(),
            )
            _record("passkey.added", row)
            letters.tell(user, Letter.Kind.PASSKEY_ADDED)
    except _BROKEN:
        return None
    return row


@transaction.atomic
def remove(*, user: User, passkey_id: int) -> bool:
    """Remove a passkey of `user`; True once.

    Raises:
        LastWayIn: it is the last one of somebody without a password.
    """
    # Two removals at once must not both find the other one still there.
    User.objects.select_for_update().get(pk=user.pk)
    row = user.passkeys.filter(pk=passkey_id).first()
    if row is None:
        return False
    if not (user.has_usable_password() or user.passkeys.exclude(pk=row.pk).exists()):
        raise LastWayIn
    _record("passkey.removed", row)
    row.delete()
    return True


def rename(*, user: User, passkey_id: int, name: str) -> bool:
    """Call a passkey of `user` something else; False when there is none."""
    row = user.passkeys.filter(pk=passkey_id)
    return bool(row.update(name=name[:LONGEST_NAME] or UNNAMED))


def _record(kind: str, row: Passkey) -> None:
    SecurityEvent.record(kind, subject=row.user.subject, passkey=row.pk, name=row.name)
