"""Key-encryption, capture and challenge keys by epoch, in a file of the owner alone. R-9.4-1.

One epoch holds an AES-256 key that wraps subjects' data keys, the ECDH-ES key to which
captures are encrypted, and the key that signs challenges. They live apart from the database
and are never the provider's token keys. Created at first start, also when several processes
start at once.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import tempfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc.jwk import ECKey

from biometric_auth.domain.errors import KeyRingUnusable
from biometric_auth.vault import envelope


@dataclass(frozen=True, slots=True)
class Epoch:
    """The keys of one epoch. Their content does not print."""

    number: int
    wrapping_key: bytes = field(repr=False)
    encryption_key: ECKey = field(repr=False)
    challenge_key: ECKey = field(repr=False)


class KeyRing:
    """All epochs; the newest one makes new things, older ones still open old things."""

    def __init__(self, epochs: dict[int, Epoch]) -> None:
        """Keep the epochs; the newest is current."""
        self._epochs = epochs
        self.current = epochs[max(epochs)]

    def __repr__(self) -> str:
        return f"KeyRing(epochs={sorted(self._epochs)})"

    def wrap(self, *, data_key: bytes, binding: dict[str, str]) -> tuple[bytes, int]:
        """Return `data_key` sealed under the current epoch, and that epoch."""
        epoch = self.current
        sealed = envelope.seal(
            key=epoch.wrapping_key,
            plaintext=data_key,
            binding={**binding, "epoch": str(epoch.number)},
        )
        return sealed, epoch.number

    def unwrap(self, *, wrapped: bytes, epoch: int, binding: dict[str, str]) -> bytes:
        """Return the data key.

        Raises:
            SealBroken: it was changed, or belongs to somebody else.
            KeyRingUnusable: the epoch's key is not in the ring.
        """
        return envelope.open_seal(
            key=self._epoch(epoch).wrapping_key,
            sealed=wrapped,
            binding={**binding, "epoch": str(epoch)},
        )

    def mac_keys(self, purpose: str) -> tuple[bytes, ...]:
        """Return keys for MACs, one of each epoch, newest first. RFC 5869."""
        newest_first = sorted(self._epochs, reverse=True)
        return tuple(
            _derived(self._epochs[number].wrapping_key, purpose) for number in newest_first
        )

    def encryption_key(self, kid: str) -> ECKey:
        """Return the private key to which captures named `kid` were encrypted."""
        for epoch in self._epochs.values():
            if epoch.encryption_key.kid == kid:
                return epoch.encryption_key
        raise KeyRingUnusable

    def challenge_key(self, kid: str) -> ECKey:
        """Return the key named `kid` that signed something of ours."""
        for epoch in self._epochs.values():
            if epoch.challenge_key.kid == kid:
                return epoch.challenge_key
        raise KeyRingUnusable

    def encryption_jwks(self) -> dict[str, Any]:
        """Return the public encryption keys, newest first. AGENT-PROTOCOL, "Metadata"."""
        return self._public("encryption_key")

    def challenge_jwks(self) -> dict[str, Any]:
        """Return the public keys that sign challenges, newest first."""
        return self._public("challenge_key")

    def _public(self, name: str) -> dict[str, Any]:
        newest_first = sorted(self._epochs.values(), key=lambda epoch: -epoch.number)
        return {"keys": [getattr(epoch, name).as_dict(private=False) for epoch in newest_first]}

    def _epoch(self, number: int) -> Epoch:
        try:
            return self._epochs[number]
        except KeyError as error:
            raise KeyRingUnusable from error


@cache
def _derived(key: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(key)


@cache
def load(path: Path) -> KeyRing:
    """Return the key ring in `path`, created when there is none. Kept for the process."""
    if not path.exists():
        _create(path)
    try:
        rows = json.loads(path.read_text())["epochs"]
        return KeyRing({row["number"]: _read(row) for row in rows})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KeyRingUnusable from error


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".keyring-")
    try:
        with os.fdopen(descriptor, "w") as file:
            json.dump({"epochs": [_draw(1)]}, file)
            file.flush()
            os.fsync(file.fileno())
        # A link never replaces: of several processes the first wins, and the file that
        # the others then read is complete.
        os.link(name, path)
    except FileExistsError:
        pass
    finally:
        Path(name).unlink()


def _draw(number: int) -> dict[str, Any]:
    return {
        "number": number,
        "wrapping_key": base64.b64encode(envelope.new_key()).decode(),
        "encryption_key": _new_jwk("enc", "ECDH-ES"),
        "challenge_key": _new_jwk("sig", "ES256"),
    }


def _new_jwk(use: str, alg: str) -> dict[str, Any]:
    kid = secrets.token_urlsafe(12)
    key = ECKey.generate_key("P-256", parameters={"use": use, "alg": alg, "kid": kid})
    return dict(key.as_dict(private=True))


def _read(row: dict[str, Any]) -> Epoch:
    return Epoch(
        number=int(row["number"]),
        wrapping_key=base64.b64decode(row["wrapping_key"]),
        encryption_key=ECKey.import_key(row["encryption_key"]),
        challenge_key=ECKey.import_key(row["challenge_key"]),
    )
