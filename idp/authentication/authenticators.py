"""Which models of authenticators count, and what a passkey is worth today. R-5.4.3-1; ASSURANCE.md.

Without a pinned root nobody is asked for attestation: it tells the model, and browsers ask people
before they tell it. With one, a passkey keeps to which root it led; its grade is found at each use.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from cryptography import x509
from django.db import transaction
from django.utils import timezone
from webauthn.helpers import parse_attestation_object
from webauthn.helpers.structs import AttestationFormat
from webauthn.registration.verify_registration_response import VerifiedRegistration

from idp import attestation
from idp.attestation import Blob
from idp.models import AuthenticatorModel, Passkey, SecurityEvent
from idp.policy import get_policy
from idp.protocol import authenticator_model
from idp.protocol.authenticator_model import ModelStatement

_Source = AuthenticatorModel.Source


class MetadataRefused(ValueError):  # noqa: N818 - says what is wrong, as our other faults do
    """Metadata that is not loaded, in a sentence."""


class AuthenticatorRefused(ValueError):  # noqa: N818 - likewise
    """A new passkey of a model that this deployment does not take."""


def is_asked_for() -> bool:
    """Tell whether new passkeys are asked where they come from."""
    return AuthenticatorModel.objects.filter(problem="").exists()


def anchor_of(registration: VerifiedRegistration) -> str:
    """Return the pinned root that vouches for a new credential, empty without one.

    Raises:
        NotTrusted: its certificate speaks for another model.
        AuthenticatorRefused: the model is distrusted, and the policy takes no new ones.
    """
    known = list(AuthenticatorModel.objects.filter(aaguid=registration.aaguid))
    if get_policy().refuse_distrusted_authenticators and any(one.problem for one in known):
        raise AuthenticatorRefused
    statement = parse_attestation_object(registration.attestation_object).att_stmt
    if not statement.x5c:
        return ""
    if registration.fmt == AttestationFormat.PACKED:
        attestation.require_packed_certificate(statement.x5c[0], UUID(registration.aaguid))
    return attestation.anchor(statement.x5c, _roots(known))


def possession(row: Passkey) -> int:
    """Return the grade of a passkey by what is known of its model now."""
    if not row.anchor or row.backup_eligible:
        return 1
    known = list(AuthenticatorModel.objects.filter(aaguid=row.aaguid))
    return authenticator_model.possession(
        anchored=row.anchor in _roots(known),
        backup_eligible=row.backup_eligible,
        known=known,
    )


@transaction.atomic
def load(blob: Blob) -> tuple[int, int]:
    """Let a metadata BLOB replace the one before; return how many models, and entries unread.

    Raises:
        MetadataRefused: it is older than what is loaded.
    """
    before = AuthenticatorModel.objects.of_fido().select_for_update()
    newest = max((one.number for one in before), default=0)
    if blob.number < newest:
        message = f"Metadata {blob.number} is older than {newest}, which is loaded."
        raise MetadataRefused(message)
    today, found, unread = timezone.now().date(), {}, 0
    for entry in blob.entries:
        try:
            statement = authenticator_model.read_entry(entry, today=today)
            if statement is not None:
                found[statement.aaguid] = _row(statement, blob)
        except ValueError:
            unread += 1
    AuthenticatorModel.objects.of_fido().delete()
    AuthenticatorModel.objects.bulk_create(found.values())
    SecurityEvent.record("authenticators.loaded", number=blob.number, models=len(found))
    return len(found), unread


@transaction.atomic
def pin(folder: Path) -> int:
    """Let the roots in `folder` be the pinned ones; return how many models they are of.

    A file is named ``<AAGUID>.pem``. Whoever pins says that the model keeps its keys in hardware.

    Raises:
        MetadataRefused: a file's name is no AAGUID, or it holds no certificate.
    """
    rows = [_pinned(path) for path in sorted(folder.glob("*.pem"))]
    AuthenticatorModel.objects.filter(source=_Source.PINNED).delete()
    AuthenticatorModel.objects.bulk_create(rows)
    SecurityEvent.record("authenticators.pinned", models=[str(one.aaguid) for one in rows])
    return len(rows)


def _pinned(path: Path) -> AuthenticatorModel:
    try:
        aaguid = UUID(path.stem)
        certificates = x509.load_pem_x509_certificates(path.read_bytes())
    except ValueError as error:
        message = f"{path.name} is not certificates in PEM named after an AAGUID."
        raise MetadataRefused(message) from error
    return AuthenticatorModel(
        aaguid=aaguid,
        source=_Source.PINNED,
        description=str(aaguid),
        roots=attestation.pem_by_fingerprint(certificates),
        in_hardware=True,
        loaded_at=timezone.now(),
    )


def _row(statement: ModelStatement, blob: Blob) -> AuthenticatorModel:
    return AuthenticatorModel(
        aaguid=statement.aaguid,
        source=_Source.FIDO,
        description=statement.description[:200],
        roots=attestation.pem_by_fingerprint(
            x509.load_der_x509_certificate(one) for one in statement.roots
        ),
        in_hardware=statement.in_hardware,
        certified=statement.certified,
        problem=statement.problem,
        number=blob.number,
        next_update=blob.next_update,
        loaded_at=timezone.now(),
    )


def _roots(known: Iterable[AuthenticatorModel]) -> dict[str, str]:
    return {name: pem for one in known for name, pem in one.roots.items()}
