"""A camera that films a portrait: renders the head turns that a challenge asks for.

The portrait is textured on an ellipsoid and turned about the vertical axis. That serves tests and
demonstrations, and it is an attack: a photograph turned in software beats the head-turn challenge
when frames are injected, which is why browser capture grades IAD 1 at most (R-9.3-12, T-8.1-04).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from biometric_auth.domain.challenge import FRAMES_PER_STEP, Step

Image = npt.NDArray[np.uint8]
Field = npt.NDArray[np.float32]

WIDTH, HEIGHT = 480, 640
# Degrees that the head is turned, in the challenge's sense: left is the person's own left.
TURNED = {"left": 50.0, "right": -50.0, "centre": 0.0}
FRAME_MS = 250
STEP_MS = 700

# The detector's square and what is drawn around it, as shares of its side.
_FACE_SHARE = 0.42
_CENTRE_BELOW = 0.1
_RADII = (0.62, 0.98)
# OpenCV carries it; the agent has no business with the server's models.
_CASCADE = Path(cv2.__file__).parent / "data" / "haarcascade_frontalface_alt2.xml"
# Where the turn begins to fade into the photograph, as a share of the ellipse's radius.
_RIM = 0.88


class PortraitCamera:
    """Films one portrait file. ValueError if there is no face on it.

    `facing` is how far the person on the portrait already looks to their own left, in degrees.
    """

    def __init__(self, path: Path | str, *, facing: float = 0.0, seed: int | None = None) -> None:
        """Read the portrait and frame the face as a telephone held in the hand would."""
        photograph = cast("Image | None", cv2.imread(str(path), cv2.IMREAD_COLOR))
        if photograph is None:
            message = f"no image: {path}"
            raise ValueError(message)
        self._scene, self._side = _framed(photograph)
        self._facing = facing
        self._rng = np.random.default_rng(seed)

    def frames(self, steps: Sequence[Step], *, still: bool = False) -> list[tuple[bytes, int, int]]:
        """Return (jpeg, at_ms, step); `still` is the photograph held up, answering nothing."""
        taken = []
        at_ms = 0
        for index, step in enumerate(steps):
            turn = 0.0 if still else TURNED[getattr(step, "turn", "centre")] - self._facing
            at_ms += STEP_MS if index else 0
            for _ in range(FRAMES_PER_STEP):
                at_ms += FRAME_MS + int(self._rng.integers(-20, 20))
                taken.append((self._film(turn), at_ms, index))
        return taken

    def _film(self, turn: float) -> bytes:
        """Return one JPEG; no hand is still and no sensor without noise."""
        swing = float(self._rng.normal(0.0, 0.8)) if turn else 0.0
        moved = self._held(turned(self._scene, self._side, turn + swing))
        light = float(self._rng.normal(1.0, 0.01))
        noise = self._rng.normal(0.0, 1.6, moved.shape).astype(np.float32)
        exposed = np.clip(moved.astype(np.float32) * light + noise, 0, 255).astype(np.uint8)
        encoded, jpeg = cv2.imencode(".jpg", exposed, [cv2.IMWRITE_JPEG_QUALITY, 90])
        if not encoded:
            message = "the frame could not be encoded"
            raise ValueError(message)
        return jpeg.tobytes()

    def _held(self, scene: Image) -> Image:
        angle, scale = self._rng.normal(0.0, 0.6), self._rng.normal(1.0, 0.006)
        move = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), float(angle), float(scale))
        move[:, 2] = move[:, 2] + self._rng.normal(0.0, 2.0, 2)
        held = cv2.warpAffine(scene, move, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(held, dtype=np.uint8)


def turned(scene: Image, side: float, degrees: float) -> Image:
    """Return `scene` with the head in its middle turned by `degrees` to the person's left."""
    if not degrees:
        return scene
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    across = (columns - WIDTH / 2) / (_RADII[0] * side)
    down = (rows - HEIGHT / 2) / (_RADII[1] * side)
    source = across + _shift(across, down, float(np.radians(degrees)))
    map_x = (source * _RADII[0] * side + WIDTH / 2).astype(np.float32)
    return np.asarray(cv2.remap(scene, map_x, rows, cv2.INTER_CUBIC), dtype=np.uint8)


def _shift(across: Field, down: Field, radians: float) -> Field:
    """Return how far, in radii, each point of the ellipse shows another part of the face."""
    belt = np.sqrt(np.clip(1.0 - down**2, 1e-6, 1.0))
    angle = np.arcsin(np.clip(across / belt, -1.0, 1.0))
    behind = np.clip(angle - radians, -np.pi / 2, np.pi / 2)
    shift = belt * np.sin(behind) - across
    from_middle = np.sqrt(across**2 + down**2)
    fade = np.clip((1.0 - from_middle) / (1.0 - _RIM), 0.0, 1.0)
    return np.asarray(shift * fade * fade * (3 - 2 * fade), dtype=np.float32)


def _framed(photograph: Image) -> tuple[Image, float]:
    """Return the scene around the face at the camera's size, and the face's side in it."""
    grey = cv2.cvtColor(photograph, cv2.COLOR_BGR2GRAY)
    reduce = min(640 / max(grey.shape), 1.0)
    small = cv2.resize(grey, None, fx=reduce, fy=reduce, interpolation=cv2.INTER_AREA)
    finder = cv2.CascadeClassifier(str(_CASCADE))
    found, _, sure = finder.detectMultiScale3(
        small, 1.05, 6, minSize=(48, 48), outputRejectLevels=True
    )
    if not len(found):
        message = "no face on the portrait"
        raise ValueError(message)
    left, top, side, _ = (float(value) / reduce for value in found[int(np.argmax(sure))])
    scale = _FACE_SHARE * WIDTH / side
    x, y = left + side / 2, top + side * (0.5 + _CENTRE_BELOW)
    place = np.asarray([[scale, 0, WIDTH / 2 - x * scale], [0, scale, HEIGHT / 2 - y * scale]])
    if scale < 1:  # reduce by area first: a warp alone would alias
        photograph = np.asarray(
            cv2.resize(photograph, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA),
            dtype=np.uint8,
        )
        place[:, :2] = np.eye(2)
    scene = cv2.warpAffine(
        photograph, place, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(scene, dtype=np.uint8), _FACE_SHARE * WIDTH
