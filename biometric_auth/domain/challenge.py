"""The capture challenge: head turns that only this challenge names. R-9.2-6; AGENT-PROTOCOL 3.

"left" means that the person turns the head towards their own left. Captured frames are not
mirrored, so the nose then moves towards the right edge of the image, and yaw is positive.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Literal

from biometric_auth.domain.vocabulary import FrameObservation

Turn = Literal["left", "right", "centre"]
TURNS: tuple[Turn, ...] = ("left", "right", "centre")

POSES = 4
FRAMES_PER_STEP = 2
# Turned: this far from the person's own frontal pose by the facial points, in degrees.
TURN_DEGREES = 15.0
# The pose network must agree in sign, beyond its own noise on frontal faces (3.4 degrees mean
# difference between the estimators).
AGREEMENT_DEGREES = 5.0
# Frontal: within this of the person's own frontal pose, by both estimators.
CENTRE_DEGREES = 10.0
# Where the person's own frontal pose may lie: beyond it nothing counts as frontal.
FRONTAL_LIMIT_DEGREES = 25.0


@dataclass(frozen=True, slots=True)
class PoseStep:
    """Turn the head, or look straight ahead, and hold."""

    turn: Turn


@dataclass(frozen=True, slots=True)
class FlashStep:
    """A screen colour. No answer to it is checked in this version, so none is accepted."""

    rgb: tuple[int, int, int]
    ms: int


Step = PoseStep | FlashStep


def draw_steps(rng: random.Random | None = None, *, freshness: int = 3) -> tuple[Step, ...]:
    """Return the steps of one new challenge, drawn from a CSPRNG unless a test passes its own.

    Freshness 3 asks for four poses: neighbours differ and every turn occurs, so a still face, a
    constant answer and a wrong order all fail. Below it the person only looks ahead, and no
    answer can raise the evidence.
    """
    rng = rng or secrets.SystemRandom()
    if freshness < 3:  # noqa: PLR2004 - the evidence record's own number (ASSURANCE.md)
        return (PoseStep("centre"),)
    while True:
        turns = [rng.choice(TURNS) for _ in range(POSES)]
        if set(turns) == set(TURNS) and all(a != b for a, b in pairwise(turns)):
            return tuple(PoseStep(turn) for turn in turns)


def is_unpredictable(steps: Sequence[Step]) -> bool:
    """Return whether a right answer to `steps` shows a fresh capture (freshness 3)."""
    return len(steps) >= POSES and {getattr(step, "turn", "") for step in steps} >= set(TURNS)


def step_claims(steps: Sequence[Step]) -> list[dict[str, object]]:
    """Return `steps` in the form of the challenge's claim."""
    return [
        {"kind": "pose", "turn": step.turn}
        if isinstance(step, PoseStep)
        else {"kind": "flash", "rgb": list(step.rgb), "ms": step.ms}
        for step in steps
    ]


def read_steps(claims: Sequence[Mapping[str, object]]) -> tuple[Step, ...]:
    """Return the steps that `step_claims` wrote; ValueError for anything else."""
    return tuple(_read_step(claim) for claim in claims)


def _read_step(claim: Mapping[str, object]) -> Step:
    match claim:
        case {"kind": "pose", "turn": "left" | "right" | "centre" as turn}:
            return PoseStep(turn)
        case {"kind": "flash", "rgb": [int(red), int(green), int(blue)], "ms": int(ms)}:
            return FlashStep((red, green, blue), ms)
    message = "no challenge step"
    raise ValueError(message)


def check_answer(observations: Sequence[FrameObservation], steps: Sequence[Step]) -> bool:
    """Return whether the frames answer every step, in order, held over consecutive frames.

    Yaw counts from the person's own frontal frames, for few cameras are level with the face.
    """
    numbers = [one.step for one in observations]
    if not steps or numbers != sorted(numbers) or set(numbers) != set(range(len(steps))):
        return False
    own = _own_frontal(observations, steps)
    if own is None:
        return False
    shown = [_pose(one, own) for one in observations]
    lead_in: Turn | None = None
    for number, step in enumerate(steps):
        poses = [pose for one, pose in zip(numbers, shown, strict=True) if one == number]
        if not isinstance(step, PoseStep) or not _holds(poses, step.turn, lead_in):
            return False
        lead_in = step.turn
    return True


def frontal_frames(
    observations: Sequence[FrameObservation], steps: Sequence[Step]
) -> list[FrameObservation]:
    """Return the frames that answer "centre" steps."""
    return [
        one
        for one in observations
        if 0 <= one.step < len(steps) and steps[one.step] == PoseStep("centre")
    ]


def _own_frontal(
    observations: Sequence[FrameObservation], steps: Sequence[Step]
) -> tuple[float, float] | None:
    frames = frontal_frames(observations, steps)
    if not frames:
        return None
    points = median(one.yaw_points for one in frames)
    network = median(one.yaw_network for one in frames)
    level = abs(points) <= FRONTAL_LIMIT_DEGREES and abs(network) <= FRONTAL_LIMIT_DEGREES
    return (points, network) if level else None


def _pose(one: FrameObservation, own: tuple[float, float]) -> Turn | None:
    points, network = one.yaw_points - own[0], one.yaw_network - own[1]
    if points >= TURN_DEGREES and network >= AGREEMENT_DEGREES:
        return "left"
    if points <= -TURN_DEGREES and network <= -AGREEMENT_DEGREES:
        return "right"
    if abs(points) <= CENTRE_DEGREES and abs(network) <= CENTRE_DEGREES:
        return "centre"
    return None


def _holds(poses: Sequence[Turn | None], turn: Turn, lead_in: Turn | None) -> bool:
    """Return whether `turn` is held, and no turn shown that was not asked for.

    A head that swings to and fro would otherwise answer any challenge. On the way the pose of
    the step before may still be seen, and a head that turns from side to side passes the centre.
    """
    runs = len(poses) - FRAMES_PER_STEP + 1
    starts = [
        start for start in range(runs) if set(poses[start : start + FRAMES_PER_STEP]) == {turn}
    ]
    if not starts:
        return False
    passing = {None, "centre", turn}
    before, after = set(poses[: starts[0]]), set(poses[starts[0] :])
    return before <= passing | {lead_in} and after <= passing
