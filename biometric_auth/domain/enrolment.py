"""From three or more challenged captures to a reference. ISO/IEC 24745; R-9.2-15, R-9.2-16.

Only what came through a challenged capture counts: there is no way in for a supplied photograph.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import combinations

from biometric_auth.domain import quality
from biometric_auth.domain.challenge import Step
from biometric_auth.domain.injection import ROUNDING
from biometric_auth.domain.ports import BiometricEngine
from biometric_auth.domain.verification import decide, examine
from biometric_auth.domain.vocabulary import (
    BiometricReference,
    BiometricSample,
    Features,
    FrameObservation,
    Outcome,
    mean_features,
)

MIN_CAPTURES = 3
CONFIRMED_SESSION_LEVEL = 3
"""A session of this level confirms a new device or face: no cooling-off, enrolment grade 2."""


def session_level_needed(policy_level: int, *, replaces: bool) -> int:
    """Return the level that a session needs to enrol. R-9.2-15, R-9.3-9.

    Whoever would replace a face or add a device beside one has to stand where that face already
    leads: a stolen password must not exchange the face that protects the account.
    """
    return max(policy_level, CONFIRMED_SESSION_LEVEL) if replaces else policy_level


def enrolment_grade(session_level: int) -> int:
    """Return the evidence record's `enrolment` of what a session of this level enrols."""
    return 2 if session_level >= CONFIRMED_SESSION_LEVEL else min(session_level, 1)


def settles_at(session_level: int, *, now: datetime, cooling_off: timedelta) -> datetime:
    """Return when a face or device enrolled now counts in full. R-9.2-15."""
    return now if session_level >= CONFIRMED_SESSION_LEVEL else now + cooling_off


def accept_capture(
    *,
    sample: BiometricSample,
    observations: Sequence[FrameObservation],
    steps: Sequence[Step],
    engine: BiometricEngine,
) -> Features | Outcome:
    """Return the features of one enrolment capture, or why it is not good enough.

    The same stages as a verification, with stricter quality; only frontal frames contribute.
    """
    if not observations:
        return Outcome.FAILURE_TO_ACQUIRE
    examined = examine(
        sample=sample,
        observations=observations,
        steps=steps,
        engine=engine,
        limits=quality.ENROLMENT,
    )
    outcome = decide(examined.findings, matched=True)
    return examined.probe if outcome is Outcome.MATCH else outcome


def make_reference(
    captures: Sequence[Features], *, engine: BiometricEngine
) -> BiometricReference | Outcome:
    """Return the reference made of all `captures`, or the outcome that forbids it.

    Every two captures must show the same person by the deployed threshold, and none may be
    another one sent again.
    """
    if len(captures) < MIN_CAPTURES:
        return Outcome.FAILURE_TO_ACQUIRE
    scores = [engine.compare(one, other) for one, other in combinations(captures, 2)]
    if any(score >= 1.0 - ROUNDING for score in scores):
        return Outcome.INJECTION
    if not all(score >= engine.operating_point.threshold for score in scores):
        return Outcome.NON_MATCH
    return BiometricReference(mean_features(captures), engine.name)
