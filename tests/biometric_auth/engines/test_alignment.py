"""Umeyama 1991: alignment undoes rotation, scale and shift, and never mirrors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometric_auth.engines.alignment import SIDE, TEMPLATE, align, similarity
from biometric_auth.engines.pose import yaw_by_points


def yaw(points):
    return yaw_by_points(points.astype(np.float32))


@given(st.floats(-90, 90), st.floats(0.3, 8), st.floats(-300, 300), st.floats(-300, 300))
def test_a_moved_face_comes_back_to_the_template(degrees, scale, right, down):
    angle = np.radians(degrees)
    turn = np.asarray([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    moved = scale * TEMPLATE @ turn.T + [right, down]
    found = similarity(moved, TEMPLATE)
    assert np.allclose(moved @ found[:, :2].T + found[:, 2], TEMPLATE, atol=1e-6)
    assert yaw(moved) == pytest.approx(yaw(TEMPLATE), abs=1e-3)


def test_a_mirrored_face_is_not_mirrored_back():
    mirrored = TEMPLATE * [-1, 1]
    found = similarity(mirrored, TEMPLATE)
    assert np.linalg.det(found[:, :2]) > 0


def test_points_in_one_place_are_no_fault():
    assert np.isfinite(similarity(np.zeros((5, 2)), TEMPLATE)).all()
    assert yaw(np.zeros((5, 2))) == 0.0


@pytest.mark.parametrize("scale", [0.5, 1, 6])
def test_an_aligned_face_has_the_networks_size(scale):
    pixels = np.full((800, 800, 3), 90, dtype=np.uint8)
    aligned = align(pixels, (TEMPLATE * scale + 20).astype(np.float32))
    assert aligned.shape == (SIDE, SIDE, 3)
    assert (aligned[40:80, 40:80] == 90).all()


def test_a_nose_towards_the_right_edge_is_a_head_turned_to_the_own_left():
    turned = TEMPLATE.copy()
    turned[2, 0] += 10
    assert yaw(turned) > yaw(TEMPLATE) + 10
