"""R-6.2.1-1, R-9.2-8 and T-8.1-01: the real engine on rendered portraits of real people.

Needs the pinned models and portraits; without them it fails and says `make models`.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from django.conf import settings

from biometric_auth.domain.challenge import PoseStep, draw_steps
from biometric_auth.domain.verification import verify
from biometric_auth.domain.vocabulary import BiometricSample, Frame, Outcome
from biometric_auth.engines.face import FaceEngine
from biometric_auth.engines.models import MODELS
from biometric_auth.reference_agent.portrait import PortraitCamera
from tests.conformance.engine import EngineConformance

PORTRAITS = Path(settings.MODEL_DIR) / "portraits"


@pytest.fixture(scope="module")
def engine():
    return FaceEngine(Path(settings.MODEL_DIR))


def portrait(name, seed=0):
    path = PORTRAITS / name
    if not path.is_file():
        pytest.fail(f"{path} is missing: run `make models`")
    return PortraitCamera(path, seed=seed)


def sees(engine, picture):
    jpeg = cv2.imencode(".jpg", picture)[1].tobytes()
    return engine.observe(BiometricSample((Frame(jpeg, 0, 0),)))[0]


def filmed(name):
    jpeg = portrait(name).frames([PoseStep("centre")])[0][0]
    return cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)


class TestFaceEngine(EngineConformance):
    people = ("obama.jpg", "biden.jpg", "astronaut.png")

    @classmethod
    def camera(cls, person, seed):
        return portrait(person, seed)

    def test_another_photograph_of_the_person_matches(self, engine, references):
        capture = self.capture(engine, "obama3.jpg")
        result = verify(reference=references["obama.jpg"], **capture)
        assert result.outcome is Outcome.MATCH

    def test_a_turned_photograph_of_the_person_compares_above_the_threshold(
        self, engine, references
    ):
        seen = self.looks(engine, "obama2.jpg")
        score = engine.compare(seen.features, references["obama.jpg"].features)
        assert score >= engine.operating_point.threshold

    def test_an_answer_to_another_challenge_is_refused(self, engine, references):
        shown = tuple(PoseStep(turn) for turn in ("left", "centre", "right", "left"))
        asked = tuple(PoseStep(turn) for turn in ("right", "centre", "left", "right"))
        capture = self.capture(engine, "obama.jpg", steps=shown) | {"steps": asked}
        result = verify(reference=references["obama.jpg"], **capture)
        assert result.outcome is Outcome.CHALLENGE_FAILED


def test_it_names_every_model(engine):
    assert set(engine.model_hashes) == {model.name for model in MODELS}


def test_a_picture_without_a_face_has_none_and_takes_every_stage(engine):
    seen = sees(engine, np.full((640, 480, 3), 127, dtype=np.uint8))
    assert seen.faces == 0
    assert seen.confidence == 0
    assert np.isfinite(seen.features.vector).all()


def test_two_people_side_by_side_are_two_faces(engine):
    pair = np.hstack([filmed("obama.jpg"), filmed("biden.jpg")])
    assert sees(engine, pair).faces == 2


def test_a_large_frame_is_measured_as_its_half(engine):
    small = filmed("obama.jpg")
    large = cv2.resize(small, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    one, other = sees(engine, small), sees(engine, large)
    assert other.eye_distance == pytest.approx(2 * one.eye_distance, rel=0.1)
    assert other.face_size == pytest.approx(one.face_size, rel=0.1)
    assert engine.compare(one.features, other.features) > 0.9


def test_a_blurred_or_dark_face_measures_so(engine):
    clear = filmed("obama.jpg")
    seen = sees(engine, clear)
    assert sees(engine, cv2.GaussianBlur(clear, (0, 0), 6)).sharpness < seen.sharpness / 10
    assert sees(engine, (clear * 0.3).astype(np.uint8)).brightness < seen.brightness / 2


@pytest.mark.parametrize("name", ["obama.jpg", "biden.jpg"])
def test_a_mirrored_face_turns_the_other_way(engine, name):
    jpeg = portrait(name).frames([PoseStep("left")])[0][0]
    turned = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert sees(engine, turned).yaw_network > 10
    assert sees(engine, turned[:, ::-1].copy()).yaw_network < -10


def test_no_frame_of_a_capture_is_like_another():
    steps = draw_steps()
    digests = [Frame(*one).digest for one in portrait("obama.jpg").frames(steps)]
    assert len(set(digests)) == len(digests) == 8
