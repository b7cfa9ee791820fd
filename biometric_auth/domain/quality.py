"""Sample quality: components in the manner of ISO/IEC 29794-5, as a rule. R-9.2-8.

The limits say what the rest of the pipeline was measured on; they guard no one against attack.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from biometric_auth.domain.challenge import FRAMES_PER_STEP, Step, frontal_frames
from biometric_auth.domain.vocabulary import FrameObservation


@dataclass(frozen=True, slots=True)
class QualityLimits:
    """What a frontal frame needs before its features are used. Units: FrameObservation."""

    confidence: float
    eye_distance: float
    face_size: tuple[float, float]
    sharpness: float
    brightness: tuple[float, float]
    contrast: float


VERIFICATION = QualityLimits(
    confidence=0.8,
    eye_distance=32.0,
    face_size=(0.12, 0.95),
    sharpness=10.0,
    brightness=(35.0, 225.0),
    contrast=15.0,
)
# Stricter: a poor reference lowers the security of one person for years (T-8.1-11).
ENROLMENT = QualityLimits(
    confidence=0.85,
    eye_distance=48.0,
    face_size=(0.15, 0.90),
    sharpness=20.0,
    brightness=(50.0, 210.0),
    contrast=20.0,
)


def meets(one: FrameObservation, limits: QualityLimits) -> bool:
    """Return whether the one face of a frame is within `limits`. False for anything unmeasured."""
    return (
        one.faces == 1
        and one.confidence >= limits.confidence
        and one.eye_distance >= limits.eye_distance
        and limits.face_size[0] <= one.face_size <= limits.face_size[1]
        and one.sharpness >= limits.sharpness
        and limits.brightness[0] <= one.brightness <= limits.brightness[1]
        and one.contrast >= limits.contrast
    )


def is_acquired(observations: Sequence[FrameObservation]) -> bool:
    """Return whether there is a face on every frame. ISO/IEC 19795-1, "failure to acquire"."""
    return bool(observations) and all(one.faces > 0 for one in observations)


def probe_frames(
    observations: Sequence[FrameObservation], steps: Sequence[Step], limits: QualityLimits
) -> list[FrameObservation]:
    """Return the frontal frames good enough to compare."""
    return [one for one in frontal_frames(observations, steps) if meets(one, limits)]


def is_sufficient(
    observations: Sequence[FrameObservation], steps: Sequence[Step], limits: QualityLimits
) -> bool:
    """Return whether a single face is visible throughout and the frontal frames are good enough.

    A second face on any frame would let PAD and comparison look at different people (T-8.1-06).
    """
    alone = all(one.faces == 1 for one in observations)
    return alone and len(probe_frames(observations, steps, limits)) >= FRAMES_PER_STEP
