"""Thresholds with the measurements that justify them. ISO/IEC 19795-1; ISO/IEC 30107-3; R-9.2-1.

No threshold of comparison or of PAD exists outside these two values.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """Comparison threshold (match at or above) with its measured error rates.

    `fmr` and `fnmr` are rates of single comparisons; the bounds are one-sided 95 % upper bounds.
    `comparisons` counts mated and non-mated comparisons; `evaluation` is the report in docs/,
    which shows nothing any more after `valid_until` (R-5.4.3-1).
    """

    threshold: float
    fmr: float
    fmr_upper_bound: float
    fnmr: float
    fnmr_upper_bound: float
    engine: str
    data_set: str
    comparisons: tuple[int, int]
    date: dt.date
    valid_until: dt.date
    evaluation: str


@dataclass(frozen=True, slots=True)
class PadOperatingPoint:
    """Threshold of the passive PAD subsystem (bona fide at or above) on the mean over frames.

    `apcer` is that of the worst species tested; `presentations` counts attack and bona fide
    presentations.
    """

    threshold: float
    apcer: float
    bpcer: float
    species: tuple[str, ...]
    presentations: tuple[int, int]
    valid_until: dt.date
    evaluation: str
