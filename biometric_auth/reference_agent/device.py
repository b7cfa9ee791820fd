"""The device: one ES256 key that never leaves it. AGENT-PROTOCOL, "Device"."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from biometric_auth.reference_agent import jose

REGISTRATION = "countersign-device+jwt"
CLAIM = "countersign-claim+jwt"


@dataclass(slots=True)
class Device:
    """A key, and the name under which the server knows it (empty before the registration)."""

    key: ec.EllipticCurvePrivateKey = field(repr=False)
    identifier: str = ""

    @classmethod
    def create(cls) -> Device:
        """Return a device that nobody knows yet."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @property
    def jwk(self) -> dict[str, str]:
        """The public key."""
        return jose.public_jwk(self.key.public_key())

    def prove(self, typ: str, *, transaction: str, nonce: str) -> str:
        """Return the proof that this device holds its key, bound to one transaction."""
        return jose.sign(self.key, {"txn": transaction, "nonce": nonce}, typ=typ)

    def prove_capture(self, manifest: bytes) -> dict[str, str]:
        """Return part 1 of a capture: the signature over part 0."""
        return {"type": "jws", "jws": jose.sign_detached(self.key, manifest)}


def load(path: Path) -> Device | None:
    """Return the device kept in `path`; None if there is none."""
    try:
        kept: dict[str, Any] = json.loads(path.read_text())
    except FileNotFoundError:
        return None
    key = load_pem_private_key(kept["key"].encode(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        message = f"{path} does not hold a device key"
        raise TypeError(message)
    return Device(key, kept["device"])


def save(device: Device, path: Path) -> None:
    """Keep `device` in `path`, for this account only.

    A software key in a file: the server grades it as possession 1, and rightly so.
    """
    pem = device.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump({"device": device.identifier, "key": pem}, file)
