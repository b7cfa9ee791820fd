"""Bring a face to the pose that the feature network knows: 5-point similarity to 112 x 112.

Umeyama, "Least-squares estimation of transformation parameters between two point patterns", 1991,
without reflection; the template is ArcFace's (Deng et al., 2019).
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from biometric_auth.engines.decoding import Image
from biometric_auth.engines.detector import Points

SIDE = 112
TEMPLATE = np.asarray(
    [
        [38.2946, 51.6963],
        [73.5318, 51.5014],
        [56.0252, 71.7366],
        [41.5493, 92.3655],
        [70.7299, 92.2041],
    ],
    dtype=np.float64,
)


def align(pixels: Image, points: Points) -> Image:
    """Return the face as 112 x 112 BGR pixels.

    Large faces are first reduced by area: a bilinear warp alone would alias.
    """
    transform = similarity(points.astype(np.float64), TEMPLATE)
    scale = float(np.hypot(transform[0, 0], transform[1, 0]))
    if scale < 0.5:  # noqa: PLR2004 - more than two pixels for one of the result
        factor = scale * 2
        size = (max(round(pixels.shape[1] * factor), 1), max(round(pixels.shape[0] * factor), 1))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        transform[:, :2] /= factor
    warped = cv2.warpAffine(pixels, transform, (SIDE, SIDE), flags=cv2.INTER_LINEAR)
    return np.asarray(warped, dtype=np.uint8)


def similarity(
    source: npt.NDArray[np.float64], target: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Return the 2 x 3 rotation, scale and shift that bring `source` nearest to `target`."""
    from_mean, to_mean = source.mean(axis=0), target.mean(axis=0)
    from_centred, to_centred = source - from_mean, target - to_mean
    left, singular, right = np.linalg.svd(to_centred.T @ from_centred / len(source))
    signs = np.asarray([1.0, np.sign(np.linalg.det(left) * np.linalg.det(right)) or 1.0])
    rotation = left @ np.diag(signs) @ right
    spread = from_centred.var(axis=0).sum() or 1.0
    scale = float(singular @ signs) / spread
    shift = to_mean - scale * rotation @ from_mean
    return np.asarray(np.column_stack([scale * rotation, shift]), dtype=np.float64)
