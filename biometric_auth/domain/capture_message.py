"""The manifest of a capture: what the device signed, and whether it fits. R-9.5-3, R-9.5-4.

Every field is bound: transaction, challenge, device, frames by digest and order, intent and
times. The agent's times count from the challenge's `iat`, so a wrong clock does not matter.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from biometric_auth.domain.errors import MalformedMessage
from biometric_auth.domain.vocabulary import BiometricSample, Frame

MAX_FRAMES = 24
CLOCK_TOLERANCE_MS = 5_000
_REQUIRED = {"txn", "challenge_sha256", "device", "frames", "intent", "started_at", "ended_at"}
_OPTIONAL = {"agent", "signals"}
_FRAME = {"sha256", "at_ms", "step"}


@dataclass(frozen=True, slots=True)
class ExpectedCapture:
    """What only an answer to the open challenge can say."""

    transaction: str
    challenge_sha256: str
    device: str
    steps: int
    issued_at: datetime
    expires_at: datetime
    arrived_at: datetime


def read_sample(
    manifest: bytes, images: Sequence[bytes], *, expected: ExpectedCapture
) -> BiometricSample:
    """Return the sample that `manifest` describes, its frames in order.

    Raises:
        MalformedMessage: any field is missing, unknown, of another kind, or does not fit.
    """
    said = read_object(manifest)
    if not said.keys() >= _REQUIRED or said.keys() - _REQUIRED - _OPTIONAL:
        raise MalformedMessage
    if any(not isinstance(said.get(name, {}), dict) for name in _OPTIONAL):
        raise MalformedMessage
    bound = (said["txn"], said["challenge_sha256"], said["device"])
    if bound != (expected.transaction, expected.challenge_sha256, expected.device):
        raise MalformedMessage
    started, ended = _check_times(said, expected)
    frames = _frames(said["frames"], images)
    _check_frames(frames, duration=ended - started, steps=expected.steps)
    return BiometricSample(frames)


def read_object(part: bytes) -> dict[str, Any]:
    """Return a part that is a JSON object.

    Raises:
        MalformedMessage: it is not.
    """
    try:
        said = json.loads(part.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise MalformedMessage from error
    if not isinstance(said, dict):
        raise MalformedMessage
    return said


def _check_times(said: dict[str, Any], expected: ExpectedCapture) -> tuple[int, int]:
    intent = said["intent"]
    if not isinstance(intent, dict) or intent.keys() != {"action", "at"}:
        raise MalformedMessage
    started, ended, approved = (
        _integer(value) for value in (said["started_at"], said["ended_at"], intent["at"])
    )
    first = _milliseconds(expected.issued_at) - CLOCK_TOLERANCE_MS
    last = _milliseconds(expected.arrived_at) + CLOCK_TOLERANCE_MS
    fits = (
        intent["action"] == "approve"
        and first <= started <= ended <= last
        and first <= approved <= ended
        and expected.arrived_at < expected.expires_at
    )
    if not fits:
        raise MalformedMessage
    return started, ended


def _frames(said: Any, images: Sequence[bytes]) -> tuple[Frame, ...]:
    if not isinstance(said, list) or not 0 < len(said) <= MAX_FRAMES or len(said) != len(images):
        raise MalformedMessage
    frames = []
    for entry, image in zip(said, images, strict=True):
        if not isinstance(entry, dict) or entry.keys() != _FRAME:
            raise MalformedMessage
        frame = Frame(image, _integer(entry["at_ms"]), _integer(entry["step"]))
        if frame.digest != entry["sha256"]:
            raise MalformedMessage
        frames.append(frame)
    return tuple(frames)


def _check_frames(frames: tuple[Frame, ...], *, duration: int, steps: int) -> None:
    times = [frame.at_ms for frame in frames]
    answered = [frame.step for frame in frames]
    fits = (
        times[0] >= 0
        and times[-1] <= duration
        and all(earlier < later for earlier, later in pairwise(times))
        and answered[0] >= 0
        and answered[-1] < steps
        and answered == sorted(answered)
        and len({frame.digest for frame in frames}) == len(frames)
    )
    if not fits:
        raise MalformedMessage


def _integer(value: Any) -> int:
    if type(value) is not int:
        raise MalformedMessage
    return value


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
