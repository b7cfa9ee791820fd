"""AGENT-PROTOCOL 4, R-A-2: the reference agent's cameras film what a protocol frame may be."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from django.conf import settings

from biometric_auth.domain.challenge import PoseStep, draw_steps
from biometric_auth.engines.decoding import dimensions
from biometric_auth.reference_agent.camera import FolderCamera, VideoCamera, open_camera
from biometric_auth.reference_agent.portrait import HEIGHT, WIDTH, PortraitCamera, turned

OBAMA = Path(settings.MODEL_DIR) / "portraits" / "obama.jpg"
STEPS = tuple(PoseStep(turn) for turn in ("centre", "left", "right", "centre"))


def noise(seed, shape=(200, 160, 3)):
    return np.random.default_rng(seed).integers(0, 255, shape, dtype=np.uint8)


@pytest.fixture
def portrait():
    if not OBAMA.is_file():
        pytest.fail(f"{OBAMA} is missing: run `make models`")
    return PortraitCamera(OBAMA)


@pytest.fixture
def folder(tmp_path):
    for number, name in enumerate(
        f"{turn}{n}" for turn in ("left", "right", "centre") for n in "12"
    ):
        cv2.imwrite(str(tmp_path / f"{name}.png"), noise(number))
    return tmp_path


@pytest.fixture
def video(tmp_path):
    path = tmp_path / "clip.avi"
    film = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (160, 200))
    for number in range(60):
        film.write(noise(number))
    film.release()
    return path


def is_in_protocol(taken, steps):
    times = [at_ms for _, at_ms, _ in taken]
    assert times == sorted(set(times))
    assert {step for _, _, step in taken} == set(range(len(steps)))
    assert all(max(dimensions(jpeg)) <= 1280 for jpeg, _, _ in taken)
    assert len({jpeg for jpeg, _, _ in taken}) == len(taken) == 2 * len(steps)
    return True


def test_a_portrait_answers_any_challenge(portrait):
    steps = draw_steps()
    assert is_in_protocol(portrait.frames(steps), steps)


def test_a_photograph_held_up_moves_but_does_not_turn(portrait):
    assert is_in_protocol(portrait.frames(STEPS, still=True), STEPS)


def test_a_seed_repeats_a_film(portrait):
    one, other = (PortraitCamera(OBAMA, seed=5).frames(STEPS) for _ in range(2))
    assert one == other != portrait.frames(STEPS)


def test_a_turn_moves_the_middle_and_leaves_the_edges():
    scene = noise(1, (HEIGHT, WIDTH, 3))
    moved = turned(scene, 200.0, 30.0)
    assert (moved[:100] == scene[:100]).all()
    assert (moved[HEIGHT // 2, WIDTH // 2] != scene[HEIGHT // 2, WIDTH // 2]).any()


@pytest.mark.parametrize("content", [b"no picture", b""])
def test_what_is_no_portrait_is_an_error(tmp_path, content):
    path = tmp_path / "one.jpg"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="no image"):
        open_camera(path)


def test_a_portrait_without_a_face_is_an_error(tmp_path):
    cv2.imwrite(str(tmp_path / "grey.png"), np.full((300, 300, 3), 128, dtype=np.uint8))
    with pytest.raises(ValueError, match="no face"):
        open_camera(tmp_path / "grey.png")


def test_a_folder_shows_the_pose_asked_for(folder):
    camera = open_camera(folder)
    assert isinstance(camera, FolderCamera)
    assert is_in_protocol(camera.frames(STEPS[:3]), STEPS[:3])


def test_a_folder_without_a_pose_is_an_error(folder):
    (folder / "left1.png").unlink()
    with pytest.raises(ValueError, match=r"named left\*"):
        open_camera(folder)


@pytest.mark.parametrize("still", [False, True])
def test_a_video_is_played_whatever_is_asked(video, still):
    camera = open_camera(video)
    assert isinstance(camera, VideoCamera)
    taken = camera.frames(STEPS, still=still)
    assert [step for _, _, step in taken] == [0, 0, 1, 1, 2, 2, 3, 3]


def test_a_video_that_ends_too_early_is_an_error(video):
    with pytest.raises(ValueError, match="shorter"):
        open_camera(video).frames(STEPS * 4)


def test_what_is_no_video_is_an_error(tmp_path):
    (tmp_path / "one.mp4").write_bytes(b"nothing")
    with pytest.raises(ValueError, match="no video"):
        open_camera(tmp_path / "one.mp4")
