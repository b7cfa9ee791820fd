"""The operating points of the face engine, as measured. ISO/IEC 19795-1; R-9.2-1, R-9.2-4."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from biometric_auth.domain.operating_point import OperatingPoint, PadOperatingPoint
from biometric_auth.domain.vocabulary import BIOHASH, SEALED

ENGINE = "face-sface/1"
_REPORT = "docs/evaluations/2026-11-face-sface.md"
_VALID_UNTIL = date(2028, 11, 23)

# The lowest threshold, in steps of 0.01, whose FMR bound is at most 1e-4.
COMPARISON = OperatingPoint(
    threshold=0.46,
    fmr=3.74e-5,
    fmr_upper_bound=8.15e-5,
    fnmr=0.00767,
    fnmr_upper_bound=0.0145,
    engine=ENGINE,
    data_set="LFW deep-funneled, 240 subjects",
    comparisons=(3520, 2_141_120),
    date=date(2026, 11, 23),
    valid_until=_VALID_UNTIL,
    evaluation=_REPORT,
)
POINTS: Mapping[str, OperatingPoint] = MappingProxyType(
    {
        SEALED: COMPARISON,
        # In steps of 0.002, and measured with the parameters known: a probe is always hashed with
        # those of the reference.
        BIOHASH: replace(
            COMPARISON,
            threshold=0.654,
            fmr=5.14e-5,
            fmr_upper_bound=9.38e-5,
            fnmr=0.00824,
            fnmr_upper_bound=0.0156,
        ),
    }
)
"""By template protection."""
# Of two self-made measurements the worse figures; see the report for how little they show.
PAD = PadOperatingPoint(
    threshold=0.5,
    apcer=0.070,
    bpcer=0.259,
    species=("screen replay",),
    presentations=(2, 2),
    valid_until=_VALID_UNTIL,
    evaluation=_REPORT,
)
