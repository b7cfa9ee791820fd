"""R-9.2-6 and AGENT-PROTOCOL 3: the challenge is unpredictable and its answer is checked."""

from __future__ import annotations

import math
import random
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometric_auth.domain.challenge import (
    FlashStep,
    check_answer,
    draw_steps,
    is_unpredictable,
    read_steps,
    step_claims,
)
from tests.biometric_auth.captures import YAW, an_observation, answering, poses

challenges = st.integers().map(lambda seed: draw_steps(random.Random(seed)))
CLR_C = poses("centre", "left", "right", "centre")


@given(challenges)
def test_neighbours_differ_and_every_turn_occurs(steps):
    assert len(steps) == 4
    assert {step.turn for step in steps} == {"left", "right", "centre"}
    assert all(one != other for one, other in pairwise(steps))
    assert is_unpredictable(steps)


def test_all_eighteen_challenges_are_drawn_about_equally_often():
    rng = random.Random(4)
    drawn = Counter(draw_steps(rng) for _ in range(18 * 200))
    assert len(drawn) == 18
    assert min(drawn.values()) > 140


def test_challenges_come_from_the_system_unless_a_test_asks_otherwise():
    assert len({draw_steps() for _ in range(60)}) > 5


def test_below_freshness_three_nothing_unpredictable_is_asked():
    assert not is_unpredictable(draw_steps(freshness=2))


@given(challenges)
def test_claims_bring_back_the_steps(steps):
    assert read_steps(step_claims(steps)) == steps


def test_flashes_travel_too():
    assert read_steps(step_claims([FlashStep((255, 0, 9), 300)])) == (FlashStep((255, 0, 9), 300),)


@pytest.mark.parametrize(
    "claim",
    [{}, {"kind": "pose"}, {"kind": "pose", "turn": "up"}, {"kind": "flash", "rgb": [1], "ms": 1}],
)
def test_unknown_claims_are_refused(claim):
    with pytest.raises(ValueError, match="no challenge step"):
        read_steps([claim])


@given(challenges, st.floats(-20, 20))
def test_the_right_answer_passes_from_wherever_the_camera_stands(steps, own):
    shown = [YAW[step.turn] + own for step in steps for _ in range(2)]
    assert check_answer(answering(steps, shows=shown), steps)


@given(challenges, challenges)
def test_the_answer_to_another_challenge_fails(asked, shown):
    degrees = [YAW[step.turn] for step in shown for _ in range(2)]
    assert check_answer(answering(asked, shows=degrees), asked) == (asked == shown)


@given(challenges, st.floats(-90, 90))
def test_a_still_face_fails(steps, degrees):
    assert not check_answer(answering(steps, shows=[degrees] * 8), steps)


@pytest.mark.parametrize(
    "shows",
    [
        pytest.param([0, 0, 14, 14, -30, -30, 0, 0], id="not-far-enough"),
        pytest.param([0, 0, 30, 0, -30, -30, 0, 0], id="not-held"),
        pytest.param([0, 0, -30, -30, 30, 30, 0, 0], id="other-way-round"),
        pytest.param([30, 30, 60, 60, 0, 0, 30, 30], id="never-faced-the-camera"),
        pytest.param([0, 0, 30, 30, -30, -30, 24, 24], id="not-back-in-the-middle"),
        pytest.param([math.nan] * 8, id="nothing-measured"),
    ],
)
def test_wrong_answers_fail(shows):
    assert not check_answer(answering(CLR_C, shows=shows), CLR_C)


def test_the_way_from_one_pose_to_the_next_may_be_seen():
    shown = [0, 0, 0, 0, 12, 30, 30, 30, 30, 0, -30, -30, -30, 0, 0, 0]
    assert check_answer(answering(CLR_C, frames=4, shows=shown), CLR_C)


@pytest.mark.parametrize(
    "second",
    [
        pytest.param([-30, -30, 30, 30], id="before"),
        pytest.param([30, 30, -30, -30], id="after"),
        pytest.param([30, 30, -30, 30], id="between"),
    ],
)
def test_a_head_that_swings_to_and_fro_answers_nothing(second):
    shown = [0, 0, 0, 0, *second, -30, -30, -30, -30, 0, 0, 0, 0]
    assert not check_answer(answering(CLR_C, frames=4, shows=shown), CLR_C)


@pytest.mark.parametrize(
    ("points", "network"), [(60.0, -30.0), (60.0, 0.0), (60.0, 4.9), (14.9, 60.0)]
)
def test_the_points_must_turn_and_the_network_agree(points, network):
    seen = answering(CLR_C)
    seen[2:4] = [an_observation(step=1, yaw_points=points, yaw_network=network) for _ in range(2)]
    assert not check_answer(seen, CLR_C)


@pytest.mark.parametrize(
    "numbers",
    [
        pytest.param([0, 0, 1, 1, 2, 2], id="a-step-is-missing"),
        pytest.param([0, 0, 1, 1, 2, 2, 3, 3, 4, 4], id="a-step-too-many"),
        pytest.param([0, 0, 2, 2, 1, 1, 3, 3], id="out-of-order"),
        pytest.param([0, 0, 1, 1, 2, 2, 3], id="one-frame-only"),
        pytest.param([-1, 0, 0, 1, 1, 2, 2, 3, 3], id="before-the-first"),
        pytest.param([], id="nothing"),
    ],
)
def test_frames_must_answer_every_step_in_order(numbers):
    turns = ("centre", "left", "right", "centre", "left")
    seen = [an_observation(step=number, yaw=YAW[turns[number]]) for number in numbers]
    assert not check_answer(seen, CLR_C)


def test_a_flash_cannot_be_answered_yet():
    steps = (*CLR_C, FlashStep((0, 0, 255), 300))
    seen = [*answering(CLR_C), an_observation(step=4), an_observation(step=4)]
    assert not check_answer(seen, steps)


def test_no_steps_are_no_challenge():
    assert not check_answer([], ())


def test_an_answer_that_never_faces_the_camera_fails():
    """Without a frontal frame there is nothing that yaw could count from."""
    steps = poses("left", "right")
    assert not check_answer(answering(steps), steps)
