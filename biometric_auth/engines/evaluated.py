"""The operating points of the face engine, as measured. ISO/IEC 19795-1; R-9.2-1, R-9.2-4."""

from __future__ import annotations

from datetime import date

from biometric_auth.domain.operating_point import OperatingPoint, PadOperatingPoint

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
