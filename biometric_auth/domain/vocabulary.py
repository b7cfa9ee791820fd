"""Words of the field as values: sample, features, reference, observation, outcome.

ISO/IEC 2382-37. What carries a person's biometric data has no readable representation and
cannot be pickled, so that it enters no log, traceback, queue or cache by accident: R-9.4-2.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NoReturn

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from biometric_auth.domain.ports import BiometricEngine

Vector = npt.NDArray[np.float32]

SEALED, BIOHASH = "sealed/1", "biohash-2048/1"
"""Names of template protections: the features themselves, or a keyed hash of them; under a seal."""


class Confidential:
    """A value whose content is neither printed nor serialised."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        """Refuse to be pickled or copied out of the request's memory."""
        message = f"{type(self).__name__} stays in memory"
        raise TypeError(message)


@dataclass(frozen=True, slots=True, repr=False)
class Frame(Confidential):
    """One captured image. `step` is the index of the challenge step that it answers."""

    jpeg: bytes
    at_ms: int
    step: int

    @property
    def digest(self) -> str:
        """SHA-256 of the image's bytes, by which every stage names the frame. R-6.2.1-1."""
        return hashlib.sha256(self.jpeg).hexdigest()


@dataclass(frozen=True, slots=True, repr=False)
class BiometricSample(Confidential):
    """The frames of one capture, in the order of capture. ISO/IEC 2382-37, "biometric sample"."""

    frames: tuple[Frame, ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Features(Confidential):
    """Biometric features: shape (128,), float32, L2-normalised."""

    vector: Vector


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class BiometricReference(Confidential):
    """A reference as features, and the engine, with version, that made them."""

    features: Features
    engine: str

    @property
    def protection(self) -> str:
        """None but the seal that it is going to have."""
        return SEALED

    def compare(self, probe: Features, engine: BiometricEngine) -> float:
        """Return the engine's score of `probe`."""
        return engine.compare(probe, self.features)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class FrameObservation(Confidential):
    """What one engine measured on one frame.

    `box` is left, top, width and height of the largest face as shares of the frame's width and
    height; `face_size` is its width as a share of the frame's shorter side; `eye_distance` is in
    pixels of the captured frame. `yaw_points` and `yaw_network` are degrees by two independent
    estimators, positive when the head is turned towards the person's own left (see
    `domain.challenge`). `sharpness`, `brightness` and `contrast` are measured on the aligned
    face, the last two on 0..255. `live_score` is the passive PAD subsystem's score in 0..1. Where
    no face was found `faces` is 0 and the other measurements speak of nothing.
    """

    digest: str
    at_ms: int
    step: int
    faces: int
    box: tuple[float, float, float, float]
    confidence: float
    face_size: float
    eye_distance: float
    sharpness: float
    brightness: float
    contrast: float
    yaw_points: float
    yaw_network: float
    live_score: float
    features: Features


class Outcome(StrEnum):
    """What became of one capture. Private: the agent learns only whether to try again."""

    MATCH = "match"
    NON_MATCH = "non_match"
    ATTACK_PRESENTATION = "attack_presentation"
    INJECTION = "injection"
    CHALLENGE_FAILED = "challenge_failed"
    POOR_QUALITY = "poor_quality"
    FAILURE_TO_ACQUIRE = "failure_to_acquire"


def mean_features(features: Sequence[Features]) -> Features:
    """Return the L2-normalised mean of at least one set of features."""
    total = np.mean([one.vector for one in features], axis=0, dtype=np.float64)
    length = float(np.linalg.norm(total)) or 1.0
    return Features(np.asarray(total / length, dtype=np.float32))
