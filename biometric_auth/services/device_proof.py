"""Proof that a device holds its key: at the claim and over each capture. R-6.2.3-2, R-9.5-3."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from typing import Any

from webauthn.helpers import base64url_to_bytes

from biometric_auth.domain.errors import ProofRefused
from biometric_auth.models import Device
from biometric_auth.services import webauthn_keys
from biometric_auth.vault import wire

CLAIM_TYPE = "countersign-claim+jwt"
DEVICE_TYPE = "countersign-device+jwt"


def verify_claim(*, device: Device, proof: Mapping[str, Any], handle: uuid.UUID, nonce: str) -> int:
    """Check a claim's proof over transaction and nonce; return the signature counter.

    Raises:
        ProofRefused: anything but this device's signature over exactly these.
    """
    if proof.get("type") != device.kind:
        raise ProofRefused
    if device.kind == Device.Kind.WEBAUTHN:
        return webauthn_keys.verify_assertion(
            device=device,
            assertion=_mapping(proof.get("assertion")),
            challenge=base64url_to_bytes(nonce),
        )
    check_statement(
        statement=proof.get("jws"),
        key=wire.import_device_key(_jwk(device)),
        typ=CLAIM_TYPE,
        expected={"txn": str(handle), "nonce": nonce},
    )
    return 0


def verify_capture(*, device: Device, proof: Mapping[str, Any], manifest: bytes) -> int:
    """Check the device's signature over the manifest's bytes; return the signature counter.

    Raises:
        ProofRefused: `manifest` is not what this device signed.
    """
    if proof.get("type") != device.kind:
        raise ProofRefused
    if device.kind == Device.Kind.WEBAUTHN:
        return webauthn_keys.verify_assertion(
            device=device,
            assertion=_mapping(proof.get("assertion")),
            challenge=hashlib.sha256(manifest).digest(),
        )
    statement = proof.get("jws")
    if not isinstance(statement, str):
        raise ProofRefused
    wire.verify_detached(statement, payload=manifest, key=wire.import_device_key(_jwk(device)))
    return 0


def check_statement(
    *, statement: object, key: wire.DeviceKey, typ: str, expected: Mapping[str, str]
) -> None:
    """Check that `key` signed `expected` as a statement of type `typ`.

    Raises:
        ProofRefused: otherwise.
    """
    if not isinstance(statement, str):
        raise ProofRefused
    said = wire.verify_statement(statement, key=key, typ=typ)
    if any(said.get(name) != value for name, value in expected.items()):
        raise ProofRefused


def _jwk(device: Device) -> dict[str, Any]:
    return dict(json.loads(bytes(device.public_key)))


def _mapping(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ProofRefused
    return value
