"""Passive presentation attack detection as a rule. ISO/IEC 30107-1, ISO/IEC 30107-3; R-9.2-3."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from biometric_auth.domain.operating_point import PadOperatingPoint
from biometric_auth.domain.vocabulary import FrameObservation


def is_bona_fide(observations: Sequence[FrameObservation], point: PadOperatingPoint) -> bool:
    """Return whether the mean score over the frames is at or above the operating point.

    A signal with its own measured errors, never the only check: the challenge is the other.
    """
    return bool(observations) and fmean(one.live_score for one in observations) >= point.threshold
