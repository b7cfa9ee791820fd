"""R-9.2-8, ISO/IEC 29794-5: quality is judged before comparison, stricter for enrolment."""

from __future__ import annotations

import math

import pytest

from biometric_auth.domain.quality import (
    ENROLMENT,
    VERIFICATION,
    is_acquired,
    is_sufficient,
    meets,
    probe_frames,
)
from tests.biometric_auth.captures import an_observation, answering, poses

STEPS = poses("centre", "left", "right", "centre")


@pytest.mark.parametrize("limits", [VERIFICATION, ENROLMENT])
@pytest.mark.parametrize(
    "poor",
    [
        {"faces": 0},
        {"faces": 2},
        {"confidence": 0.5},
        {"eye_distance": 20.0},
        {"face_size": 0.05},
        {"face_size": 0.99},
        {"sharpness": 2.0},
        {"brightness": 10.0},
        {"brightness": 250.0},
        {"contrast": 3.0},
        {"sharpness": math.nan},
    ],
    ids=str,
)
def test_each_component_alone_can_refuse(poor, limits):
    assert meets(an_observation(), limits)
    assert not meets(an_observation(**poor), limits)


def test_enrolment_is_stricter_in_every_component():
    assert ENROLMENT.confidence > VERIFICATION.confidence
    assert ENROLMENT.eye_distance > VERIFICATION.eye_distance
    assert ENROLMENT.sharpness > VERIFICATION.sharpness
    assert ENROLMENT.contrast > VERIFICATION.contrast
    for name in ("face_size", "brightness"):
        inner, outer = getattr(ENROLMENT, name), getattr(VERIFICATION, name)
        assert outer[0] < inner[0] < inner[1] < outer[1]


def test_only_frontal_frames_are_compared():
    seen = answering(STEPS)
    assert probe_frames(seen, STEPS, VERIFICATION) == [*seen[:2], *seen[-2:]]


def test_two_good_frontal_frames_are_enough():
    seen = answering(STEPS)
    seen[:2] = [an_observation(step=0, sharpness=1.0) for _ in range(2)]
    assert is_sufficient(seen, STEPS, VERIFICATION)
    seen[-1] = an_observation(step=3, sharpness=1.0)
    assert not is_sufficient(seen, STEPS, VERIFICATION)


@pytest.mark.parametrize("place", range(8))
def test_a_second_face_on_any_frame_refuses_the_capture(place):
    seen = answering(STEPS)
    seen[place] = an_observation(step=place // 2, faces=2)
    assert not is_sufficient(seen, STEPS, VERIFICATION)


def test_a_frame_without_a_face_is_a_failure_to_acquire():
    assert is_acquired(answering(STEPS))
    assert not is_acquired([*answering(STEPS), an_observation(faces=0)])
    assert not is_acquired([])
