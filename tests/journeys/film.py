"""The film in front of Chromium's camera: a portrait that turns its head as the page asks.

The browser plays an MJPEG file from its first frame when the camera opens. The film therefore
follows the page's own clock: a lead-in, then one pose after the other.
"""

from __future__ import annotations

from itertools import cycle, islice

import cv2
import numpy as np

from biometric_auth.domain.challenge import PoseStep
from biometric_auth.reference_agent.portrait import PortraitCamera

WIDTH, HEIGHT = 640, 480
PLAYED_PER_SECOND = 30
FILMED_PER_SECOND = 10
# The page takes a pose's frames at 58 to 94 % of its time; the camera needs a moment to open.
OPENING_MS = 550
TAIL_MS = 4000


class Film:
    """The file that one browser has for a camera. Opening the camera plays what is there then."""

    def __init__(self, path):
        self.path = path

    def show(self, portrait, turns, *, lead_ms, step_ms, still=False):
        """Film `portrait` as it follows `turns`; `still` holds up the photograph and no more.

        No frame comes twice within the time of a pose; before and after they come again.
        """
        scenes = [("centre", lead_ms + OPENING_MS)]
        scenes += [(turn, step_ms) for turn in turns]
        scenes[-1] = (turns[-1], step_ms + TAIL_MS)
        camera = PortraitCamera(portrait)
        following = self.path.with_suffix(".next")
        with following.open("wb") as film:
            for turn, milliseconds in scenes:
                count, most = (
                    round(ms * FILMED_PER_SECOND / 1000) for ms in (milliseconds, step_ms)
                )
                taken = _filmed(camera, turn, min(count, most), still=still)
                for jpeg in islice(cycle(taken), count):
                    film.write(jpeg * (PLAYED_PER_SECOND // FILMED_PER_SECOND))
        following.replace(self.path)


def _filmed(camera, turn, count, *, still):
    """Return `count` different frames of one pose, in the shape of a desktop's camera."""
    taken = []
    while len(taken) < count:
        taken += [_landscape(jpeg) for jpeg, _, _ in camera.frames([PoseStep(turn)], still=still)]
    return taken[:count]


def _landscape(jpeg):
    """Return the upright telephone picture as the middle of a 4:3 one."""
    upright = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    top = (upright.shape[0] - HEIGHT) // 2
    middle = upright[top : top + HEIGHT]
    side = (WIDTH - middle.shape[1]) // 2
    framed = cv2.copyMakeBorder(middle, 0, 0, side, side, cv2.BORDER_REPLICATE)
    return cv2.imencode(".jpg", framed, [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes()
