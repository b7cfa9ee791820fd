"""Features in and out of the vault. R-6.3-5, R-9.4-1, R-9.4-2."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime

import numpy as np
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from biometric_auth.domain.errors import KeyRingUnusable, SealBroken
from biometric_auth.domain.vocabulary import BiometricReference, Features
from biometric_auth.models import BiometricReference as ReferenceRow
from biometric_auth.models import EnrolmentSample, SubjectKey, Transaction
from biometric_auth.policy import get_policy
from biometric_auth.services import lifecycle
from biometric_auth.vault import envelope, keyring

LENGTH = 128
_FORMAT = np.dtype("<f4")


@sensitive_variables()
def open_usable(
    *, subject: str, engine: str, now: datetime
) -> tuple[ReferenceRow | None, Features]:
    """Return the usable reference of `subject`, or one that nobody matches.

    Where there is none, where another engine made it, or where its seal does not open, all
    stages run all the same, against random features: the answer and its time do not tell
    whether somebody is enrolled (R-9.5-10).
    """
    usable = ReferenceRow.objects.usable(now).filter(subject=subject)
    row = usable.select_related("key").first()
    if row is None or row.engine != engine:
        return None, decoy()
    try:
        return row, _open(row.key, sealed=bytes(row.sealed_template), binding=row.binding())
    except (SealBroken, KeyRingUnusable) as error:
        if isinstance(error, SealBroken):
            lifecycle.disable(reference=row)
        return None, decoy()


@sensitive_variables()
def seal_reference(*, row: ReferenceRow, reference: BiometricReference) -> None:
    """Put the sealed template into `row`, bound to the row's identity."""
    if row.key is None:
        raise KeyRingUnusable
    row.sealed_template = envelope.seal(
        key=_data_key(row.key), plaintext=_bytes(reference.features), binding=row.binding()
    )


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


def decoy() -> Features:
    """Return random features of length one."""
    drawn = np.random.default_rng(secrets.randbits(128)).standard_normal(LENGTH)
    return Features((drawn / np.linalg.norm(drawn)).astype(np.float32))


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
