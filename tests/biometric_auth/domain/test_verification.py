"""R-6.2.1-2: a match only if every stage passed; T-8.1-06, T-8.1-08."""

from __future__ import annotations

import dataclasses
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometric_auth.domain.challenge import draw_steps
from biometric_auth.domain.ports import EngineMismatch
from biometric_auth.domain.verification import Findings, decide, verify
from biometric_auth.domain.vocabulary import BiometricReference, Outcome
from biometric_auth.engines.simulated import SimulatedCamera, SimulatedEngine
from tests.biometric_auth.captures import a_capture, a_reference, features, poses

STAGES = [field.name for field in dataclasses.fields(Findings)]
ALICE = a_reference("alice")


def test_the_truth_table_has_one_line_that_matches():
    rows = list(product([True, False], repeat=len(STAGES) + 1))
    matching = [
        row for row in rows if decide(Findings(*row[:-1]), matched=row[-1]) is Outcome.MATCH
    ]
    assert matching == [(True,) * (len(STAGES) + 1)]


@pytest.mark.parametrize(
    ("stage", "outcome"),
    [
        ("acquired", Outcome.FAILURE_TO_ACQUIRE),
        ("same_frames", Outcome.INJECTION),
        ("plausible", Outcome.INJECTION),
        ("sufficient", Outcome.POOR_QUALITY),
        ("bona_fide", Outcome.ATTACK_PRESENTATION),
        ("answered", Outcome.CHALLENGE_FAILED),
        ("one_person", Outcome.ATTACK_PRESENTATION),
    ],
)
def test_each_stage_alone_refuses(stage, outcome):
    passed = Findings(**dict.fromkeys(STAGES, True))
    assert decide(dataclasses.replace(passed, **{stage: False}), matched=True) is outcome


@given(st.integers(min_value=1))
def test_the_enrolled_person_matches(seed):
    capture = a_capture(camera=SimulatedCamera("alice", seed=seed))
    result = verify(reference=ALICE, **capture)
    assert result.outcome is Outcome.MATCH
    assert result.same_frames
    assert result.pad_passed
    assert result.challenge_verified


@pytest.mark.parametrize(
    ("says", "outcome"),
    [
        ({"who": "bob"}, Outcome.NON_MATCH),
        ({"live": 0}, Outcome.ATTACK_PRESENTATION),
        ({"faces": 2}, Outcome.POOR_QUALITY),
        ({"faces": 0}, Outcome.FAILURE_TO_ACQUIRE),
        ({"sharpness": 0}, Outcome.POOR_QUALITY),
        ({"yaw": 0}, Outcome.CHALLENGE_FAILED),
        ({"yaw_network": 0}, Outcome.CHALLENGE_FAILED),
    ],
    ids=str,
)
def test_what_is_wrong_is_told_to_the_record_alone(says, outcome):
    capture = a_capture(**{"who": "alice"} | says)
    result = verify(reference=ALICE, **capture)
    assert result.outcome is outcome
    assert repr(result) == "<VerificationResult>"


def test_a_photograph_held_up_fails_the_challenge():
    result = verify(reference=ALICE, **a_capture(still=True))
    assert result.outcome is Outcome.CHALLENGE_FAILED
    assert not result.challenge_verified


def test_a_mask_that_matches_and_an_own_face_for_pad_are_two_people():
    steps = poses("centre", "left", "right", "centre")
    mask = a_capture("alice", steps=steps)
    own = a_capture("mallory", steps=steps)
    frames = [*mask["sample"].frames[:2], *own["sample"].frames[2:6], *mask["sample"].frames[6:]]
    sample = dataclasses.replace(mask["sample"], frames=tuple(frames))
    engine = SimulatedEngine()
    result = verify(
        sample=sample,
        observations=engine.observe(sample),
        steps=steps,
        reference=ALICE,
        engine=engine,
    )
    assert result.outcome is Outcome.ATTACK_PRESENTATION


def test_measurements_of_another_sample_are_refused():
    steps = draw_steps()
    shown, measured = a_capture(steps=steps), a_capture(steps=steps)
    shown["observations"] = measured["observations"]
    assert verify(reference=ALICE, **shown).outcome is Outcome.INJECTION


def test_nothing_observed_is_a_refusal():
    capture = a_capture() | {"observations": ()}
    assert verify(reference=ALICE, **capture).outcome is Outcome.FAILURE_TO_ACQUIRE


def test_a_predictable_challenge_is_never_called_verified():
    result = verify(reference=ALICE, **a_capture(steps=draw_steps(freshness=2)))
    assert not result.challenge_verified


def test_a_reference_of_another_engine_is_a_fault():
    other = BiometricReference(ALICE.features, "simulated/0")
    with pytest.raises(EngineMismatch):
        verify(reference=other, **a_capture())


class CountingEngine(SimulatedEngine):
    """Counts comparisons, to show that no stage is left out."""

    def __init__(self):
        super().__init__()
        self.compared = 0

    def compare(self, probe, reference):
        self.compared += 1
        return super().compare(probe, reference)


@pytest.mark.parametrize(
    "says", [{}, {"live": 0}, {"faces": 0}, {"faces": 2}, {"yaw": 0}, {"sharpness": 0}], ids=str
)
def test_every_stage_runs_whatever_another_said(says):
    engine = CountingEngine()
    verify(reference=ALICE, **a_capture(engine=engine, **says))
    pairs_of_frames, with_the_probe, with_the_reference = 28, 8, 1
    assert engine.compared == pairs_of_frames + with_the_probe + with_the_reference


def test_a_protection_that_the_engine_was_not_evaluated_with_is_a_fault():
    engine = SimulatedEngine()
    engine.operating_points = {}
    with pytest.raises(EngineMismatch):
        verify(reference=ALICE, **a_capture(engine=engine))


def test_an_unmeasurable_score_is_no_match():
    nothing = BiometricReference(features(float("nan")), SimulatedEngine.name)
    assert verify(reference=nothing, **a_capture()).outcome is Outcome.NON_MATCH
