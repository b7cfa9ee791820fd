"""R-6.2.1-1, R-9.2-5: the same frames throughout, from a camera with a plausible clock."""

from __future__ import annotations

import dataclasses

import pytest

from biometric_auth.domain.injection import is_plausible, is_same_frames
from biometric_auth.domain.vocabulary import BiometricSample
from tests.biometric_auth.captures import (
    ENGINE,
    a_capture,
    a_frame,
    an_observation,
    answering,
    poses,
)

STEPS = poses("centre", "left", "right", "centre")


def timed(*times):
    return [an_observation(at_ms=at_ms) for at_ms in times]


def test_observations_of_the_sample_are_of_the_same_frames():
    capture = a_capture()
    assert is_same_frames(capture["sample"], capture["observations"])


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda seen: seen[1:], id="one-missing"),
        pytest.param(lambda seen: (*seen, seen[-1]), id="one-twice"),
        pytest.param(lambda seen: (seen[1], seen[0], *seen[2:]), id="reordered"),
        pytest.param(lambda seen: (an_observation(), *seen[1:]), id="another-frame"),
        pytest.param(
            lambda seen: (dataclasses.replace(seen[0], step=1), *seen[1:]), id="another-step"
        ),
        pytest.param(lambda seen: (), id="none"),
    ],
)
def test_observations_of_other_frames_are_refused(change):
    capture = a_capture()
    assert not is_same_frames(capture["sample"], change(capture["observations"]))


def test_a_camera_at_an_ordinary_pace_is_plausible():
    assert is_plausible(answering(STEPS), len(STEPS), ENGINE)


@pytest.mark.parametrize(
    "times",
    [
        pytest.param((0, 0, 900), id="no-time-between"),
        pytest.param((0, 5, 900), id="faster-than-a-camera"),
        pytest.param((0, 900, 800), id="backwards"),
        pytest.param((0, 100, 200), id="too-fast-for-a-person"),
        pytest.param((0, 1000, 130_000), id="for-ever"),
        pytest.param((), id="nothing"),
    ],
)
def test_an_impossible_clock_is_refused(times):
    assert not is_plausible(timed(*times), 4, ENGINE)


def test_more_frames_than_asked_for_are_refused():
    assert not is_plausible(timed(*range(0, 25 * 300, 300)), 4, ENGINE)


def test_the_same_bytes_twice_are_refused():
    seen = answering(STEPS)
    seen[5] = dataclasses.replace(seen[5], digest=seen[0].digest)
    assert not is_plausible(seen, len(STEPS), ENGINE)


def test_the_same_picture_in_other_bytes_is_refused():
    seen = answering(STEPS)
    seen[5] = dataclasses.replace(seen[5], features=seen[0].features)
    assert not is_plausible(seen, len(STEPS), ENGINE)


def test_a_sample_of_nothing_is_the_same_as_nothing_only():
    assert is_same_frames(BiometricSample(()), [])
    assert not is_same_frames(BiometricSample((a_frame(),)), [])
