"""Observations and captures for the tests of rules; a test states only what matters to it."""

from __future__ import annotations

import hashlib
import itertools

import numpy as np

from biometric_auth.domain.challenge import PoseStep, draw_steps
from biometric_auth.domain.vocabulary import (
    BiometricReference,
    BiometricSample,
    Features,
    Frame,
    FrameObservation,
)
from biometric_auth.engines.simulated import SimulatedCamera, SimulatedEngine

ENGINE = SimulatedEngine()
YAW = {"left": 30.0, "right": -30.0, "centre": 0.0}
_numbers = itertools.count(1)


def poses(*turns):
    return tuple(PoseStep(turn) for turn in turns)


def features(*values):
    vector = np.zeros(128, dtype=np.float32)
    vector[: len(values)] = values
    return Features(vector / np.linalg.norm(vector))


def a_frame(jpeg=None):
    number = next(_numbers)
    return Frame(jpeg=jpeg or b"frame %d" % number, at_ms=300 * number, step=0)


def an_observation(**fields):
    number = next(_numbers)
    yaw = fields.pop("yaw", 0.0)
    measured = {
        "digest": hashlib.sha256(b"%d" % number).hexdigest(),
        "at_ms": 300 * number,
        "step": 0,
        "faces": 1,
        "box": (0.3, 0.3, 0.4, 0.4),
        "confidence": 0.95,
        "face_size": 0.4,
        "eye_distance": 120.0,
        "sharpness": 500.0,
        "brightness": 120.0,
        "contrast": 50.0,
        "yaw_points": yaw,
        "yaw_network": yaw,
        "live_score": 1.0,
        "features": features(1.0, *[0.0] * (number % 120), 0.1),
    }
    return FrameObservation(**measured | fields)


def answering(steps, *, frames=2, shows=None):
    """Observations that answer `steps`, or show `shows` (degrees by frame) instead."""
    right = [YAW[step.turn] for step in steps for _ in range(frames)]
    shown = shows if shows is not None else right
    return [
        an_observation(step=number // frames, yaw=degrees) for number, degrees in enumerate(shown)
    ]


def a_capture(who="alice", *, engine=ENGINE, camera=None, still=False, steps=None, **says):
    """Arguments of `verify` and `accept_capture` for one capture, observed by `engine`."""
    steps = steps or draw_steps()
    filmed = (camera or SimulatedCamera(who, **says)).frames(steps, still=still)
    sample = _sample(filmed)
    observations = engine.observe(sample)
    return {"sample": sample, "observations": observations, "steps": steps, "engine": engine}


def a_reference(who="alice"):
    sample = SimulatedCamera(who).sample(poses("centre"))
    return BiometricReference(ENGINE.observe(sample)[0].features, ENGINE.name)


def _sample(filmed):

    return BiometricSample(tuple(Frame(*one) for one in filmed))
