"""Features in and out of the vault. R-6.3-5, R-9.4-1, R-9.4-2."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime

import numpy as np
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from biometric_auth.domain.errors import KeyRingUnusable, SealBroken
from biometric_auth.domain.ports import BiometricEngine, OpenReference, TemplateProtection
from biometric_auth.domain.vocabulary import BiometricReference, Features
from biometric_auth.models import BiometricReference as ReferenceRow
from biometric_auth.models import EnrolmentSample, SubjectKey, Transaction
from biometric_auth.policy import get_policy
from biometric_auth.services import lifecycle
from biometric_auth.vault import envelope, keyring, protection
from biometric_auth.vault.protection import ProtectedReference

LENGTH = 128
_FORMAT = np.dtype("<f4")
_PARAMETER_BYTES = 32


@sensitive_variables()
def open_usable(
    *, subject: str, engine: BiometricEngine, now: datetime
) -> tuple[ReferenceRow | None, OpenReference]:
    """Return the usable reference of `subject`, or one that nobody matches.

    Where there is none, where another engine made it, or where its seal does not open, all
    stages run all the same, against random features: the answer and its time do not tell
    whether somebody is enrolled (R-9.5-10).
    """
    usable = ReferenceRow.objects.usable(now).filter(subject=subject)
    row = usable.select_related("key").first()
    if row is None or row.engine != engine.name or row.protection not in engine.operating_points:
        return None, decoy(engine)
    try:
        return row, _open_reference(row)
    except (SealBroken, KeyRingUnusable) as error:
        if isinstance(error, SealBroken):
            lifecycle.disable(reference=row)
        return None, decoy(engine)


@sensitive_variables()
def seal_reference(
    *, row: ReferenceRow, reference: BiometricReference, protected_by: TemplateProtection
) -> None:
    """Put the protected and sealed template into `row`, bound to the row's identity."""
    if row.key is None:
        raise KeyRingUnusable
    row.protection = protected_by.name
    key, binding = _data_key(row.key), row.binding()
    template = protected_by.protect(reference.features, _parameter(key, binding))
    row.sealed_template = envelope.seal(key=key, plaintext=template, binding=binding)


@sensitive_variables()
def _open_reference(row: ReferenceRow) -> ProtectedReference:
    if row.key is None:
        raise SealBroken
    key, binding = _data_key(row.key), row.binding()
    return ProtectedReference(
        engine=row.engine,
        protection=row.protection,
        template=envelope.open_seal(key=key, sealed=bytes(row.sealed_template), binding=binding),
        parameter=_parameter(key, binding),
    )


def _parameter(key: bytes, binding: Mapping[str, str]) -> bytes:
    """Return the auxiliary data of one reference, which ends with its data key. RFC 5869."""
    info = b"countersign/template-protection" + envelope.associated(binding)
    return HKDFExpand(hashes.SHA256(), _PARAMETER_BYTES, info).derive(key)


@sensitive_variables()
def keep_sample(*, row: Transaction, features: Features) -> None:
    """Keep the features of one accepted capture, sealed, until the enrolment ends."""
    if row.key is None:
        row.key = _new_subject_key(row.subject)
    EnrolmentSample.objects.create(
        transaction=row,
        index=row.captures_done,
        sealed=envelope.seal(
            key=_data_key(row.key),
            plaintext=_bytes(features),
            binding=_sample_binding(row, row.captures_done),
        ),
    )


@sensitive_variables()
def open_samples(*, row: Transaction) -> list[Features]:
    """Return the features of the captures accepted so far.

    Raises:
        SealBroken: one of them was changed or swapped.
    """
    return [
        _open(row.key, sealed=bytes(sample.sealed), binding=_sample_binding(row, sample.index))
        for sample in EnrolmentSample.objects.filter(transaction=row)
    ]


def decoy(engine: BiometricEngine) -> OpenReference:
    """Return a reference to random features of length one."""
    drawn = np.random.default_rng(secrets.randbits(128)).standard_normal(LENGTH)
    features = Features((drawn / np.linalg.norm(drawn)).astype(np.float32))
    parameter, used = secrets.token_bytes(_PARAMETER_BYTES), protection.strongest(engine)
    return ProtectedReference(
        engine=engine.name,
        protection=used.name,
        template=used.protect(features, parameter),
        parameter=parameter,
    )


@sensitive_variables()
def _open(key: SubjectKey | None, *, sealed: bytes, binding: Mapping[str, str]) -> Features:
    if key is None:
        raise SealBroken
    plain = envelope.open_seal(key=_data_key(key), sealed=sealed, binding=binding)
    return Features(np.frombuffer(plain, dtype=_FORMAT).astype(np.float32))


def _new_subject_key(subject: str) -> SubjectKey:
    key = SubjectKey(subject=subject, created_at=timezone.now())
    key.wrapped_key, key.epoch = keyring.load(get_policy().key_ring).wrap(
        data_key=envelope.new_key(), binding=_key_binding(key)
    )
    key.save(force_insert=True)
    return key


def _data_key(key: SubjectKey) -> bytes:
    return keyring.load(get_policy().key_ring).unwrap(
        wrapped=bytes(key.wrapped_key), epoch=key.epoch, binding=_key_binding(key)
    )


def _key_binding(key: SubjectKey) -> dict[str, str]:
    return {"key": str(key.id), "subject": key.subject}


def _sample_binding(row: Transaction, index: int) -> dict[str, str]:
    return {"transaction": str(row.pk), "subject": row.subject, "sample": str(index)}


def _bytes(features: Features) -> bytes:
    return features.vector.astype(_FORMAT).tobytes()
