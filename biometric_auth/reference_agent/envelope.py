"""What leaves the device: manifest, proof, frames, sealed. AGENT-PROTOCOL, "Transaction" 4."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from biometric_auth.reference_agent import jose
from biometric_auth.reference_agent.challenge import Challenge
from biometric_auth.reference_agent.device import Device

CAPTURE = "countersign-capture"
CAPTURE_MEDIA_TYPE = "application/jose"
AGENT, VERSION = "countersign-reference", "1"


@dataclass(frozen=True, slots=True)
class CapturedFrame:
    """One JPEG, when it was taken (ms after the start), and the step that it answers."""

    jpeg: bytes = field(repr=False)
    at_ms: int
    step: int


@dataclass(frozen=True, slots=True)
class Capture:
    """What a camera saw while the person answered the challenge."""

    frames: tuple[CapturedFrame, ...] = field(repr=False)
    approved_at: datetime
    started_at: datetime
    ended_at: datetime
    signals: Mapping[str, Any] = field(default_factory=dict)


def manifest(capture: Capture, *, challenge: Challenge, transaction: str, device: Device) -> bytes:
    """Return part 0: every frame by its digest, bound to transaction, challenge and device."""
    said = {
        "txn": transaction,
        "challenge_sha256": challenge.digest,
        "device": device.identifier,
        "frames": [
            {
                "sha256": hashlib.sha256(frame.jpeg).hexdigest(),
                "at_ms": frame.at_ms,
                "step": frame.step,
            }
            for frame in capture.frames
        ],
        "intent": {"action": "approve", "at": _milliseconds(capture.approved_at)},
        "started_at": _milliseconds(capture.started_at),
        "ended_at": _milliseconds(capture.ended_at),
        "agent": {"name": AGENT, "version": VERSION, "build_sha256": build_sha256()},
        "signals": dict(capture.signals),
    }
    return json.dumps(said, separators=(",", ":")).encode()


def seal(
    capture: Capture,
    *,
    challenge: Challenge,
    transaction: str,
    device: Device,
    encryption_jwks: Mapping[str, Any],
) -> bytes:
    """Return the compact JWE that only the biometric system can open.

    The frames are encrypted as bytes, not as base64 within JSON: that would inflate them twice.
    """
    part_0 = manifest(capture, challenge=challenge, transaction=transaction, device=device)
    part_1 = json.dumps(device.prove_capture(part_0)).encode()
    plaintext = join([part_0, part_1, *(frame.jpeg for frame in capture.frames)])
    kid = challenge.encryption_key
    key = jose.find_key(encryption_jwks, kid)
    return jose.encrypt(plaintext, key, header={"kid": kid, "cty": CAPTURE}).encode()


def join(parts: Sequence[bytes]) -> bytes:
    """Return the parts, each behind its length in four bytes, big-endian."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def build_sha256() -> str:
    """Return the digest of this agent's own sources: which build made the capture."""
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
