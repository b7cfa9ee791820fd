"""verify(): quality, injection, PAD, challenge and comparison on the same frames. R-6.2.1-2.

Every stage is evaluated whatever an earlier one said, so that neither the answer nor its time
tells which of them refused (R-9.2-11). Anything inconclusive is a refusal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from biometric_auth.domain import challenge, injection, pad, quality
from biometric_auth.domain.challenge import Step
from biometric_auth.domain.ports import BiometricEngine, EngineMismatch, OpenReference
from biometric_auth.domain.quality import QualityLimits
from biometric_auth.domain.vocabulary import (
    BiometricSample,
    Confidential,
    Features,
    FrameObservation,
    Outcome,
    mean_features,
)


@dataclass(frozen=True, slots=True, repr=False)
class Findings(Confidential):
    """What each stage said; the order of the fields is the order of `decide`."""

    acquired: bool
    same_frames: bool
    plausible: bool
    sufficient: bool
    bona_fide: bool
    answered: bool
    one_person: bool


@dataclass(frozen=True, slots=True, repr=False)
class Examination(Confidential):
    """The findings on one capture and the probe's features."""

    findings: Findings
    probe: Features


@dataclass(frozen=True, slots=True, repr=False)
class VerificationResult(Confidential):
    """The outcome, and the facts that the evidence record may state when it is a match."""

    outcome: Outcome
    same_frames: bool
    pad_passed: bool
    challenge_verified: bool


def verify(
    *,
    sample: BiometricSample,
    observations: Sequence[FrameObservation],
    steps: Sequence[Step],
    reference: OpenReference,
    engine: BiometricEngine,
) -> VerificationResult:
    """Return the outcome of comparing one capture with one reference (1:1).

    Raises:
        EngineMismatch: the reference was made by another engine or version, or has a
            protection that the engine was not evaluated with.
    """
    if reference.engine != engine.name or reference.protection not in engine.operating_points:
        raise EngineMismatch
    if not observations:
        return VerificationResult(
            Outcome.FAILURE_TO_ACQUIRE,
            same_frames=False,
            pad_passed=False,
            challenge_verified=False,
        )
    examined = examine(
        sample=sample,
        observations=observations,
        steps=steps,
        engine=engine,
        limits=quality.VERIFICATION,
    )
    findings = examined.findings
    score = reference.compare(examined.probe, engine)
    deployed = engine.operating_points[reference.protection]
    return VerificationResult(
        outcome=decide(findings, matched=score >= deployed.threshold),
        same_frames=findings.same_frames,
        pad_passed=findings.bona_fide,
        challenge_verified=findings.answered and challenge.is_unpredictable(steps),
    )


def examine(
    *,
    sample: BiometricSample,
    observations: Sequence[FrameObservation],
    steps: Sequence[Step],
    engine: BiometricEngine,
    limits: QualityLimits,
) -> Examination:
    """Return what every stage before comparison finds on at least one observation."""
    chosen = quality.probe_frames(observations, steps, limits) or observations
    probe = mean_features([one.features for one in chosen])
    threshold = engine.operating_point.threshold
    alike = [engine.compare(one.features, probe) >= threshold for one in observations]
    findings = Findings(
        acquired=quality.is_acquired(observations),
        same_frames=injection.is_same_frames(sample, observations),
        plausible=injection.is_plausible(observations, len(steps), engine),
        sufficient=quality.is_sufficient(observations, steps, limits),
        bona_fide=pad.is_bona_fide(observations, engine.pad_operating_point),
        answered=challenge.check_answer(observations, steps),
        one_person=all(alike),
    )
    return Examination(findings, probe)


def decide(findings: Findings, *, matched: bool) -> Outcome:
    """Return MATCH only if every stage passed; otherwise the class of the first that refused."""
    stages = (
        (findings.acquired, Outcome.FAILURE_TO_ACQUIRE),
        (findings.same_frames, Outcome.INJECTION),
        (findings.plausible, Outcome.INJECTION),
        (findings.sufficient, Outcome.POOR_QUALITY),
        (findings.bona_fide, Outcome.ATTACK_PRESENTATION),
        (findings.answered, Outcome.CHALLENGE_FAILED),
        (findings.one_person, Outcome.ATTACK_PRESENTATION),
        (matched, Outcome.NON_MATCH),
    )
    return next((outcome for passed, outcome in stages if not passed), Outcome.MATCH)
