"""Find faces and their five points: YuNet by OpenCV. ISO/IEC 19794-5 landmarks by another name.

Wu, Peng and Yu, "YuNet: A Tiny Millisecond-level Face Detector", 2023.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from biometric_auth.engines.decoding import Image

LONG_SIDE = 320
MIN_CONFIDENCE = 0.6
# Another face counts as visible when it is this wide compared with the largest: smaller ones in
# the background are harmless, for every stage looks at the largest.
COMPARABLE_WIDTH = 0.4

Points = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Face:
    """The largest face: box (left, top, width, height) and five points in pixels.

    Points: the person's right eye, left eye, nose tip, right and left corner of the mouth.
    """

    box: tuple[float, float, float, float]
    points: Points
    confidence: float
    visible: int


class Detector:
    """YuNet on a small copy of the frame; what it finds is in pixels of the frame."""

    def __init__(self, model: bytes) -> None:
        """Load the network from its verified bytes."""
        self._net = cv2.FaceDetectorYN.create(
            "onnx",
            np.frombuffer(model, dtype=np.uint8),
            np.empty(0, dtype=np.uint8),
            (LONG_SIDE, LONG_SIDE),
            MIN_CONFIDENCE,
        )

    def find(self, pixels: Image) -> Face:
        """Return the largest face, or the middle of the frame with `visible` 0.

        The stand-in lets every later stage run in the same time whether or not there is a face.
        """
        height, width = pixels.shape[:2]
        scale = LONG_SIDE / max(height, width)
        size = (round(width * scale), round(height * scale))
        self._net.setInputSize(size)
        small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
        found = cast("npt.NDArray[np.float32] | None", self._net.detect(small)[1])
        if found is None:
            return _middle(width, height)
        widest = max(float(row[2]) for row in found)
        row = found[int(np.argmax(found[:, 2] * found[:, 3]))]
        left, top, wide, high = (float(value) / scale for value in row[:4])
        return Face(
            box=(left, top, wide, high),
            points=np.asarray(row[4:14].reshape(5, 2) / scale, dtype=np.float32),
            confidence=float(row[14]),
            visible=sum(float(other[2]) >= COMPARABLE_WIDTH * widest for other in found),
        )


def _middle(width: int, height: int) -> Face:
    side = min(width, height) / 2
    left, top = (width - side) / 2, (height - side) / 2
    shape = [(0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8)]
    points = np.asarray(shape, dtype=np.float32) * np.float32(side)
    return Face(
        box=(left, top, side, side),
        points=np.asarray(points + np.asarray([left, top]), dtype=np.float32),
        confidence=0.0,
        visible=0,
    )
