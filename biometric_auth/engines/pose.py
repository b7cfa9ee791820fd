"""Yaw by two independent estimators: geometry of five points, and a network. R-9.2-6.

Both are positive when the head is turned towards the person's own left (`domain.challenge`).
"""

from __future__ import annotations

import cv2
import numpy as np

from biometric_auth.engines.decoding import Image
from biometric_auth.engines.detector import Face, Points
from biometric_auth.engines.network import Network, Tensor

# How far the nose tip stands before the plane of eyes and mouth, in distances between the eyes of
# a mean head; calibrated so that the two estimators agree in scale on faces at large.
_NOSE_DEPTH = 0.55
_SIDE = 224
_MARGIN = 0.25
_MEAN = np.asarray([0.485, 0.456, 0.406], dtype=np.float32)
_DEVIATION = np.asarray([0.229, 0.224, 0.225], dtype=np.float32)
_BINS = np.arange(66, dtype=np.float32) * 3 - 99


def yaw_by_points(points: Points) -> float:
    """Return degrees from how far the nose tip has left the middle line of eyes and mouth.

    Under weak perspective the nose moves by depth x sin(yaw) while the eyes close up by cos(yaw).
    Unlike a perspective solution of five points this has no second minimum to jump to.
    """
    right_eye, left_eye, nose, right_mouth, left_mouth = points.astype(np.float64)
    between = left_eye - right_eye
    distance = float(np.linalg.norm(between)) or 1.0
    middle = (right_eye + left_eye + right_mouth + left_mouth) / 4
    offset = float((nose - middle) @ between) / distance
    return float(np.degrees(np.arctan2(offset, distance * _NOSE_DEPTH)))


class PoseNetwork:
    """Head pose by classification into 3-degree bins and their expectation."""

    def __init__(self, model: bytes) -> None:
        """Load the network from its verified bytes."""
        self._network = Network(model)

    def yaw(self, pixels: Image, face: Face) -> float:
        """Return degrees; the network itself counts the other way round."""
        bins = self._network.run(_crop(pixels, face))[0][0]
        weights = np.exp(bins - bins.max())
        return -float(weights @ _BINS / weights.sum())


def _crop(pixels: Image, face: Face) -> Tensor:
    left, top, wide, high = face.box
    height, width = pixels.shape[:2]
    x0, x1 = max(int(left - _MARGIN * wide), 0), min(int(left + (1 + _MARGIN) * wide), width)
    y0, y1 = max(int(top - _MARGIN * high), 0), min(int(top + (1 + _MARGIN) * high), height)
    region = pixels[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)]
    small = cv2.resize(region, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    colours = cv2.cvtColor(small, cv2.COLOR_BGR2RGB).astype(np.float32) / np.float32(255)
    scaled = (colours - _MEAN) / _DEVIATION
    return np.ascontiguousarray(scaled.transpose(2, 0, 1)[None], dtype=np.float32)
