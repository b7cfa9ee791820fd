"""Cameras of the headless agent: a portrait, a folder of pictures by pose, a recorded video.

AGENT-PROTOCOL, "Transaction" 4: baseline JPEG without metadata, whole frames, at most 1280 pixels.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from biometric_auth.domain.challenge import FRAMES_PER_STEP, Step
from biometric_auth.reference_agent.portrait import FRAME_MS, STEP_MS, PortraitCamera

Image = npt.NDArray[np.uint8]
Filmed = list[tuple[bytes, int, int]]

MAX_SIDE = 1280
IMAGES = frozenset({".jpg", ".jpeg", ".png"})
_MILLISECOND = 1000


def open_camera(path: Path | str) -> PortraitCamera | FolderCamera | VideoCamera:
    """Return the camera that fits `path`: a portrait, a folder of pictures, or a video."""
    path = Path(path)
    if path.is_dir():
        return FolderCamera(path)
    return PortraitCamera(path) if path.suffix.lower() in IMAGES else VideoCamera(path)


class FolderCamera:
    """Shows real pictures of each pose: files whose names begin with left, right or centre.

    All are shown before one is repeated; the server refuses a capture that repeats a picture.
    """

    def __init__(self, folder: Path) -> None:
        """List the pictures of every pose; ValueError if one has too few."""
        self._pictures: dict[str, Iterator[Path]] = {}
        for turn in ("left", "right", "centre"):
            paths = sorted(one for one in folder.glob(f"{turn}*") if one.suffix.lower() in IMAGES)
            if len(paths) < FRAMES_PER_STEP:
                message = f"{folder} needs {FRAMES_PER_STEP} or more pictures named {turn}*"
                raise ValueError(message)
            self._pictures[turn] = cycle(paths)

    def frames(self, steps: Sequence[Step], *, still: bool = False) -> Filmed:
        """Return pictures of each pose asked for; `still` shows the centre whatever is asked."""
        taken: Filmed = []
        for index, step in enumerate(steps):
            turn = "centre" if still else getattr(step, "turn", "centre")
            for number, path in enumerate(islice(self._pictures[turn], FRAMES_PER_STEP)):
                picture = cv2.imdecode(np.fromfile(path, dtype=np.uint8), cv2.IMREAD_COLOR)
                at_ms = index * (STEP_MS + FRAME_MS * FRAMES_PER_STEP) + number * FRAME_MS
                taken.append((_encoded(np.asarray(picture, dtype=np.uint8)), at_ms, index))
        return taken


class VideoCamera:
    """Plays a recorded video from its start: what was filmed, whatever the challenge asks."""

    def __init__(self, path: Path) -> None:
        """Remember the file; ValueError if it cannot be played."""
        self._path = path
        if not cv2.VideoCapture(str(path)).isOpened():
            message = f"no video: {path}"
            raise ValueError(message)

    def frames(self, steps: Sequence[Step], *, still: bool = False) -> Filmed:
        """Return frames at an even pace; `still` repeats the first moments for every step."""
        film = cv2.VideoCapture(str(self._path))
        taken: Filmed = []
        for number in range(len(steps) * FRAMES_PER_STEP):
            at_ms = number * (STEP_MS + FRAME_MS) // FRAMES_PER_STEP
            # Consecutive frames of a video: alike, never identical.
            shown = number * _MILLISECOND // 30 if still else at_ms
            film.set(cv2.CAP_PROP_POS_MSEC, float(shown))
            there, picture = film.read()
            if not there:
                message = f"{self._path} is shorter than the capture"
                raise ValueError(message)
            pixels = np.asarray(picture, dtype=np.uint8)
            taken.append((_encoded(pixels), at_ms, number // FRAMES_PER_STEP))
        return taken


def _encoded(picture: Image) -> bytes:
    """Return baseline JPEG within the protocol's size."""
    scale = min(MAX_SIDE / max(picture.shape[:2]), 1.0)
    sized = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return cv2.imencode(".jpg", sized, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes()
