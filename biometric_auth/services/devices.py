"""Register and remove devices. AGENT-PROTOCOL, "Device"; R-9.3-9, R-9.3-10."""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError
from django.db import transaction as database
from django.db.models import QuerySet
from django.utils import timezone

from biometric_auth.domain import enrolment
from biometric_auth.domain.errors import (
    BindingNotAllowed,
    MalformedMessage,
    ProofRefused,
    StepOutOfOrder,
)
from biometric_auth.domain.workflow import Purpose, TransactionState
from biometric_auth.models import Device, Transaction
from biometric_auth.policy import DATABASE
from biometric_auth.services import (
    device_proof,
    enrolment_policy,
    security_events,
    transaction,
    webauthn_keys,
)
from biometric_auth.vault import wire

MAX_DEVICES = 10


@dataclass(frozen=True, slots=True)
class RegistrationOffer:
    """What a device answers to register: `public_key` for WebAuthn, else the nonce."""

    registration: str
    nonce: str
    public_key: dict[str, Any] | None


def in_use(*, subject: str) -> QuerySet[Device]:
    """Return the devices of `subject` that are not removed."""
    return Device.objects.filter(subject=subject, removed_at=None)


@database.atomic(using=DATABASE)
def offer(*, handle: uuid.UUID, browser: str, kind: str, name: str) -> RegistrationOffer:
    """Open a registration within an enrolment transaction.

    Raises:
        BindingNotAllowed: the transaction is no enrolment, its session has become too weak,
            or the kind is not accepted.
        StepOutOfOrder: the enrolment has been claimed already, or there are too many devices.
    """
    row = _open_enrolment(handle, browser)
    if kind not in row.policy.device_kinds:
        raise BindingNotAllowed
    devices = in_use(subject=row.subject)
    if devices.count() >= MAX_DEVICES:
        raise StepOutOfOrder
    made = RegistrationOffer(secrets.token_urlsafe(16), secrets.token_urlsafe(32), None)
    if kind == Device.Kind.WEBAUTHN:
        known = devices.filter(kind=kind).values_list("credential_id", flat=True)
        options = webauthn_keys.registration_options(
            subject=row.subject,
            display_name=row.display_name,
            nonce=made.nonce,
            known=[bytes(one) for one in known if one],
        )
        made = RegistrationOffer(made.registration, made.nonce, options)
    row.registration = {
        "registration": made.registration,
        "nonce": made.nonce,
        "kind": kind,
        "name": name,
    }
    row.save(update_fields=["registration"])
    return made


def register(
    *, handle: uuid.UUID, browser: str, registration: str, answer: Mapping[str, Any]
) -> Device:
    """Bind the device that answers an open registration; each is used once.

    Raises:
        ProofRefused: no such registration, or the answer does not prove the key.
    """
    with database.atomic(using=DATABASE):
        row = _open_enrolment(handle, browser)
        opened = row.registration or {}
        row.registration = None
        row.save(update_fields=["registration"])
    try:
        device = _verified(row, opened, registration, answer)
        with database.atomic(using=DATABASE):
            device.save(force_insert=True)
            security_events.record(
                kind="device_registered", subject=row.subject, transaction=row.pk
            )
    except (ProofRefused, IntegrityError) as error:
        security_events.record(
            kind="device_registration_refused", subject=row.subject, transaction=row.pk
        )
        raise ProofRefused from error
    return device


@database.atomic(using=DATABASE)
def remove(*, subject: str, device_id: uuid.UUID) -> bool:
    """Remove a device of `subject`: effective at once, true once. R-9.3-10."""
    removed = in_use(subject=subject).filter(pk=device_id).update(removed_at=timezone.now())
    if removed:
        security_events.record(kind="device_removed", subject=subject, device=str(device_id))
    return removed == 1


def _open_enrolment(handle: uuid.UUID, browser: str) -> Transaction:
    row = transaction.lock(handle=handle, browser=browser)
    if row.purpose != Purpose.ENROLMENT.value or not enrolment_policy.still_allows(row):
        raise BindingNotAllowed
    if row.state != TransactionState.CREATED.value:
        raise StepOutOfOrder
    return row


def _verified(
    row: Transaction, opened: Mapping[str, str], registration: str, answer: Mapping[str, Any]
) -> Device:
    if not secrets.compare_digest(opened.get("registration", ""), registration):
        raise ProofRefused
    now = timezone.now()
    device = Device(
        subject=row.subject,
        kind=opened["kind"],
        name=opened["name"],
        enrolment=enrolment.enrolment_grade(row.session_level),
        created_at=now,
        settled_at=enrolment.settles_at(
            row.session_level, now=now, cooling_off=row.policy.cooling_off
        ),
    )
    if device.kind == Device.Kind.WEBAUTHN:
        made = webauthn_keys.verify_registration(
            credential=_mapping(answer.get("credential")), nonce=opened["nonce"]
        )
        device.credential_id = made.credential_id
        device.public_key = made.public_key
        device.sign_count = made.sign_count
        device.possession = made.possession
        device.backup_eligible = made.backup_eligible
        device.model = made.model
        return device
    key = wire.import_device_key(_mapping(answer.get("jwk")))
    device_proof.check_statement(
        statement=answer.get("proof"),
        key=key,
        typ=device_proof.DEVICE_TYPE,
        expected={"txn": str(row.pk), "nonce": opened["nonce"]},
    )
    device.public_key = json.dumps(key.as_dict(private=False)).encode()
    return device


def _mapping(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise MalformedMessage
    return value
