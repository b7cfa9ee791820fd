"""Injection attack detection by heuristics, graded 1 at most. CEN/TS 18099; R-6.2.1-1, R-9.2-5.

They stop clumsy injection only: repeated frames, an impossible clock. A face swapped or turned
in software passes them, which is why browser capture never grades higher (R-9.3-12).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise

from biometric_auth.domain.ports import BiometricEngine
from biometric_auth.domain.vocabulary import BiometricSample, FrameObservation

MAX_FRAMES = 24
# No camera that the agent drives delivers faster than 60 frames a second.
MIN_INTERVAL_MS = 16
# Nobody reads an instruction, turns the head and holds still in less.
MIN_STEP_MS = 250
MAX_DURATION_MS = 120_000
# Features of the same pixels differ by rounding alone.
ROUNDING = 1e-6


def is_same_frames(sample: BiometricSample, observations: Sequence[FrameObservation]) -> bool:
    """Return whether `observations` are of exactly the sample's frames, in their order."""
    taken = [(frame.digest, frame.at_ms, frame.step) for frame in sample.frames]
    return taken == [(one.digest, one.at_ms, one.step) for one in observations]


def is_plausible(
    observations: Sequence[FrameObservation], steps: int, engine: BiometricEngine
) -> bool:
    """Return whether the frames may come from a camera that ran while the steps were shown."""
    times = [one.at_ms for one in observations]
    if not 0 < len(times) <= MAX_FRAMES:
        return False
    return (
        all(later - earlier >= MIN_INTERVAL_MS for earlier, later in pairwise(times))
        and (steps - 1) * MIN_STEP_MS <= times[-1] - times[0] <= MAX_DURATION_MS
        and not _repeats_a_picture(observations, engine)
    )


def _repeats_a_picture(observations: Sequence[FrameObservation], engine: BiometricEngine) -> bool:
    """Return whether a picture comes twice; a sensor's noise never repeats."""
    return any(
        one.digest == other.digest or engine.compare(one.features, other.features) >= 1.0 - ROUNDING
        for one, other in combinations(observations, 2)
    )
