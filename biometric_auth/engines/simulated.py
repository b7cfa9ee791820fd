"""A deterministic engine and camera for unit tests of everything around an engine. R-A-2.

The "JPEG" of a simulated frame is a small JSON object. `checks.py` refuses this engine outside
tests; its rates are fiction and its evaluation says so.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from biometric_auth.domain.challenge import FRAMES_PER_STEP, Step
from biometric_auth.domain.operating_point import OperatingPoint, PadOperatingPoint
from biometric_auth.domain.ports import UndecodableSample
from biometric_auth.domain.vocabulary import (
    BIOHASH,
    SEALED,
    BiometricSample,
    Features,
    Frame,
    FrameObservation,
    Vector,
)

_YAW = {"left": 30.0, "right": -30.0}
_NAME = "simulated/1"
# No two simulated frames of a process are alike, as with a camera.
_taken = count(1)


class SimulatedEngine:
    """Reads from each frame what it should have measured."""

    name = _NAME
    model_hashes: Mapping[str, str] = MappingProxyType({})
    operating_point = OperatingPoint(
        threshold=0.5,
        fmr=0.0,
        fmr_upper_bound=1e-4,
        fnmr=0.0,
        fnmr_upper_bound=0.01,
        engine=_NAME,
        data_set="fiction for unit tests",
        comparisons=(0, 0),
        date=date(2026, 11, 1),
        valid_until=date.max,
        evaluation="none: simulated",
    )
    # Two thirds of the bits agree at a cosine of one half.
    operating_points: Mapping[str, OperatingPoint] = MappingProxyType(
        {SEALED: operating_point, BIOHASH: replace(operating_point, threshold=2 / 3)}
    )
    pad_operating_point = PadOperatingPoint(
        threshold=0.5,
        apcer=0.0,
        bpcer=0.0,
        species=(),
        presentations=(0, 0),
        valid_until=date.max,
        evaluation="none: simulated",
    )

    def __init__(self, model_dir: Path | None = None) -> None:
        """Take the argument of every engine; there are no models to read."""

    def observe(self, sample: BiometricSample) -> tuple[FrameObservation, ...]:
        """Return what each frame says of itself."""
        return tuple(_observation(frame) for frame in sample.frames)

    def compare(self, probe: Features, reference: Features) -> float:
        """Return the cosine similarity in [-1, 1]."""
        return float(probe.vector @ reference.vector)


def _observation(frame: Frame) -> FrameObservation:
    try:
        said: dict[str, Any] = dict(json.loads(frame.jpeg))
    except ValueError as cause:
        raise UndecodableSample from cause
    who, yaw = str(said.get("who", "")), float(said.get("yaw", 0))
    return FrameObservation(
        digest=frame.digest,
        at_ms=frame.at_ms,
        step=frame.step,
        faces=int(said.get("faces", 1 if who else 0)),
        box=(0.3, 0.3, 0.4, 0.4),
        confidence=0.95,
        face_size=float(said.get("size", 0.4)),
        eye_distance=float(said.get("eyes", 120)),
        sharpness=float(said.get("sharpness", 1000)),
        brightness=float(said.get("brightness", 120)),
        contrast=float(said.get("contrast", 50)),
        yaw_points=yaw,
        yaw_network=float(said.get("yaw_network", yaw)),
        live_score=float(said.get("live", 1)),
        features=Features(_vector(who, frame.digest)),
    )


def _vector(who: str, noise: str) -> Vector:
    """Return features near the subject's own direction, a little apart for each frame."""
    own, other = (_direction(text) for text in (who, noise))
    mixed = own + 0.2 * other
    return np.asarray(mixed / np.linalg.norm(mixed), dtype=np.float32)


def _direction(text: str) -> Vector:
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    drawn = np.random.default_rng(seed).standard_normal(128)
    return np.asarray(drawn / np.linalg.norm(drawn), dtype=np.float32)


class SimulatedCamera:
    """Films `who` for SimulatedEngine: the interface of reference_agent.portrait.

    `says` overrides what every frame says: live=0 is an attack, faces=2 a second person.
    """

    def __init__(self, who: str, **says: object) -> None:
        """Remember whom to film."""
        self._who, self._says = who, says

    def frames(self, steps: Sequence[Step], *, still: bool = False) -> list[tuple[bytes, int, int]]:
        """Return (image, at_ms, step) for every frame; `still` is a photograph held up."""
        turns = [
            (index, "centre" if still else str(getattr(step, "turn", "centre")))
            for index, step in enumerate(steps)
            for _ in range(FRAMES_PER_STEP)
        ]
        return [
            (self._image(turn), 200 * number, index) for number, (index, turn) in enumerate(turns)
        ]

    def sample(self, steps: Sequence[Step], *, still: bool = False) -> BiometricSample:
        """Return the same frames as a sample."""
        return BiometricSample(
            tuple(
                Frame(jpeg=jpeg, at_ms=at_ms, step=step)
                for jpeg, at_ms, step in self.frames(steps, still=still)
            )
        )

    def _image(self, turn: str) -> bytes:
        said = {"who": self._who, "yaw": _YAW.get(turn, 0.0), "n": next(_taken)} | self._says
        return json.dumps(said).encode()
