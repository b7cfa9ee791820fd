"""biometric_auth.domain.ports.BiometricEngine: one suite judges every engine. R-6.2.1-1.

An engine under test derives from the suite and says how its people are filmed.
"""

from __future__ import annotations

import math
import random
from abc import ABC, abstractmethod
from itertools import combinations

import numpy as np
import pytest

from biometric_auth.domain.challenge import PoseStep, draw_steps
from biometric_auth.domain.enrolment import accept_capture, make_reference
from biometric_auth.domain.ports import BiometricEngine, UndecodableSample
from biometric_auth.domain.verification import verify
from biometric_auth.domain.vocabulary import (
    SEALED,
    BiometricReference,
    BiometricSample,
    Frame,
    FrameObservation,
    Outcome,
)

MEASURED = [
    name
    for name, kind in FrameObservation.__annotations__.items()
    if kind in {"int", "float"} and name not in {"at_ms", "step"}
]


class EngineConformance(ABC):
    """Promises of the port. Derive, give an `engine` fixture, and set `people` (two or more).

    `camera(person, seed)` films: `.frames(steps, still=...)` returns (image, at_ms, step).
    Captures are seeded: a run shows the same as the run before.
    """

    people: tuple[str, ...]

    @classmethod
    @abstractmethod
    def camera(cls, person, seed):
        """Return a camera that films `person`."""

    @classmethod
    def capture(cls, engine: BiometricEngine, person, *, steps=None, still=False, seed=0):
        """Return the arguments of `verify` for one capture."""
        steps = steps or draw_steps(random.Random(seed))
        filmed = cls.camera(person, seed).frames(steps, still=still)
        sample = BiometricSample(tuple(Frame(*one) for one in filmed))
        seen = engine.observe(sample)
        return {"sample": sample, "observations": seen, "steps": steps, "engine": engine}

    def looks(self, engine, person, turn="centre", seed=0):
        """Return the observation of one frame of `person`."""
        steps = (PoseStep(turn),)
        return self.capture(engine, person, steps=steps, seed=seed)["observations"][0]

    @pytest.fixture(scope="class")
    @classmethod
    def references(cls, engine):
        """One reference for each person, enrolled as the product does."""
        made = {}
        for person in cls.people:
            captures = [cls.accepted(engine, person, seed) for seed in (1, 2, 3)]
            made[person] = make_reference(captures, engine=engine)
            assert isinstance(made[person], BiometricReference), person
        return made

    @classmethod
    def accepted(cls, engine, person, seed):
        accepted = accept_capture(**cls.capture(engine, person, seed=seed))
        assert not isinstance(accepted, Outcome), (person, accepted)
        return accepted

    def test_it_names_itself_and_its_models(self, engine):
        assert "/" in engine.name
        assert all(len(sha256) == 64 for sha256 in engine.model_hashes.values())

    def test_its_operating_points_are_its_own_and_bounded(self, engine):
        assert engine.operating_points[SEALED] == engine.operating_point
        for point in engine.operating_points.values():
            assert point.engine == engine.name
            assert point.fmr <= point.fmr_upper_bound <= 1e-4
            assert point.fnmr <= point.fnmr_upper_bound <= 0.05
            assert point.evaluation
        assert engine.pad_operating_point.evaluation

    def test_it_observes_every_frame_in_order(self, engine):
        capture = self.capture(engine, self.people[0])
        frames = capture["sample"].frames
        seen = capture["observations"]
        assert [one.digest for one in seen] == [frame.digest for frame in frames]
        assert [(one.at_ms, one.step) for one in seen] == [(f.at_ms, f.step) for f in frames]

    def test_every_measurement_is_a_number(self, engine):
        seen = self.looks(engine, self.people[0])
        assert all(math.isfinite(getattr(seen, name)) for name in MEASURED)
        assert seen.faces == 1
        assert 0 <= seen.live_score <= 1

    def test_features_are_normalised(self, engine):
        vector = self.looks(engine, self.people[0]).features.vector
        assert vector.shape == (128,)
        assert vector.dtype == np.float32
        assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)

    def test_the_same_frame_is_measured_the_same_way_twice(self, engine):
        capture = self.capture(engine, self.people[0], steps=(PoseStep("centre"),))
        again = engine.observe(capture["sample"])
        for one, other in zip(capture["observations"], again, strict=True):
            assert engine.compare(one.features, other.features) == pytest.approx(1.0, abs=1e-6)
            assert all(
                getattr(one, name) == pytest.approx(getattr(other, name), abs=1e-4)
                for name in MEASURED
            )

    def test_the_score_is_symmetric(self, engine):
        one, other = (self.looks(engine, person).features for person in self.people[:2])
        assert engine.compare(one, other) == pytest.approx(engine.compare(other, one))

    def test_the_same_person_scores_higher_than_another(self, engine):
        looks = ((person, seed) for person in self.people for seed in (0, 1))
        seen = [(person, self.looks(engine, person, seed=seed)) for person, seed in looks]
        mated: list[float] = []
        others: list[float] = []
        for (who, one), (whom, other) in combinations(seen, 2):
            score = engine.compare(one.features, other.features)
            (mated if who == whom else others).append(score)
        assert min(mated) >= engine.operating_point.threshold > max(others)

    @pytest.mark.parametrize(("turn", "sign"), [("left", 1), ("right", -1)])
    def test_both_yaws_are_positive_towards_the_persons_own_left(self, engine, turn, sign):
        for person in self.people:
            ahead, turned = (self.looks(engine, person, one) for one in ("centre", turn))
            assert sign * (turned.yaw_points - ahead.yaw_points) > 5
            assert sign * (turned.yaw_network - ahead.yaw_network) > 5

    def test_what_is_no_picture_is_refused(self, engine):
        for content in (b"", b"\xff\xd8\xff\xd9", b"GIF89a" + bytes(100)):
            with pytest.raises(UndecodableSample):
                engine.observe(BiometricSample((Frame(content, 0, 0),)))

    def test_enrolled_people_match_themselves(self, engine, references):
        for person in self.people:
            result = verify(reference=references[person], **self.capture(engine, person))
            assert result.outcome is Outcome.MATCH, person
            assert result.challenge_verified
            assert result.same_frames
            assert result.pad_passed

    def test_nobody_matches_another(self, engine, references):
        for person in self.people:
            capture = self.capture(engine, person)
            for other in set(self.people) - {person}:
                result = verify(reference=references[other], **capture)
                assert result.outcome is Outcome.NON_MATCH, (person, other)

    def test_a_photograph_held_up_fails_the_challenge(self, engine, references):
        for person in self.people:
            capture = self.capture(engine, person, still=True)
            result = verify(reference=references[person], **capture)
            assert result.outcome is Outcome.CHALLENGE_FAILED, person
