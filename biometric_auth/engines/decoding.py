"""Frames to pixels within bounds that are checked before anything is allocated. R-9.4-10.

ITU-T T.81: the frame header of a baseline JPEG names its size; only then is it decoded.
"""

from __future__ import annotations

import struct

import cv2
import numpy as np
import numpy.typing as npt

from biometric_auth.domain.ports import UndecodableSample

Image = npt.NDArray[np.uint8]

MAX_SIDE = 1280
MIN_SIDE = 96
# Above this long side every second pixel is enough for all that the engine measures.
HALVE_ABOVE = 640

_SOI, _EOI = b"\xff\xd8", b"\xff\xd9"
_BASELINE, _SCAN, _EXIF = 0xC0, 0xDA, 0xE1
_OTHER_FRAMES = frozenset(range(0xC1, 0xD0)) - {0xC4, 0xC8, 0xCC}
_FILL = 0xFF


def decode(jpeg: bytes) -> tuple[Image, int]:
    """Return BGR pixels and the factor by which they are smaller than the captured frame.

    Raises:
        UndecodableSample: no baseline JPEG of at most 1280 pixels without metadata.
    """
    width, height = dimensions(jpeg)
    if max(width, height) > MAX_SIDE or min(width, height) < MIN_SIDE:
        raise UndecodableSample
    factor = 2 if max(width, height) > HALVE_ABOVE else 1
    reduced = cv2.IMREAD_REDUCED_COLOR_2 if factor > 1 else cv2.IMREAD_COLOR
    encoded = np.frombuffer(jpeg, dtype=np.uint8)
    pixels = cv2.imdecode(encoded, reduced | cv2.IMREAD_IGNORE_ORIENTATION)
    if pixels is None:
        raise UndecodableSample
    return np.asarray(pixels, dtype=np.uint8), factor


def dimensions(jpeg: bytes) -> tuple[int, int]:
    """Return width and height from the header of a baseline JPEG; nothing is decoded."""
    if not (jpeg.startswith(_SOI) and jpeg.endswith(_EOI)):
        raise UndecodableSample
    at = len(_SOI)
    try:
        while True:
            marker, length = _segment(jpeg, at)
            if marker == _BASELINE:
                height, width = struct.unpack_from(">HH", jpeg, at + 5)
                return width, height
            if marker in _OTHER_FRAMES or marker in (_SCAN, _EXIF):
                raise UndecodableSample
            at += 2 + length
    except (struct.error, IndexError) as cause:
        raise UndecodableSample from cause


def _segment(jpeg: bytes, at: int) -> tuple[int, int]:
    prefix, marker, length = struct.unpack_from(">BBH", jpeg, at)
    if prefix != _FILL or marker == _FILL or length < 2:  # noqa: PLR2004 - counts itself
        raise UndecodableSample
    return marker, length
