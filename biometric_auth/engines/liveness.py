"""Passive PAD score of one face within its whole frame. ISO/IEC 30107-1; R-9.2-3.

The network looks at the face with its surroundings (box x 2.7), where borders of screens and
prints are: on a face crop alone it is little better than chance.
"""

from __future__ import annotations

import cv2
import numpy as np

from biometric_auth.engines.decoding import Image
from biometric_auth.engines.detector import Face
from biometric_auth.engines.network import Network

_SIDE = 128
_SURROUNDINGS = 2.7


class LivenessNetwork:
    """fr_liveness: three classes, of which the first is bona fide."""

    def __init__(self, model: bytes) -> None:
        """Load the network from its verified bytes."""
        self._network = Network(model)

    def score(self, pixels: Image, face: Face) -> float:
        """Return the share of the bona fide class, 0..1."""
        region = _surroundings(pixels, face)
        small = cv2.resize(region, (_SIDE, _SIDE), interpolation=cv2.INTER_LINEAR)
        tensor = np.ascontiguousarray(small.transpose(2, 0, 1)[None], dtype=np.float32)
        classes = self._network.run(tensor)[0][0]
        weights = np.exp(classes - classes.max())
        return float(weights[0] / weights.sum())


def _surroundings(pixels: Image, face: Face) -> Image:
    """Return the box enlarged about its centre, shifted into the frame rather than cut."""
    height, width = pixels.shape[:2]
    left, top, wide, high = face.box
    wide, high = max(wide, 1.0), max(high, 1.0)
    scale = min((height - 1) / high, (width - 1) / wide, _SURROUNDINGS)
    x = _shifted(left + wide / 2, wide * scale, width)
    y = _shifted(top + high / 2, high * scale, height)
    return pixels[y : y + max(int(high * scale), 1), x : x + max(int(wide * scale), 1)]


def _shifted(centre: float, length: float, limit: int) -> int:
    return int(min(max(centre - length / 2, 0.0), max(limit - 1 - length, 0.0)))
