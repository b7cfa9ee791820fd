"""R-9.2-1, ISO/IEC 19795-1: the evaluation counts every comparison once and runs the product."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from biometric_auth import policy
from biometric_auth.domain.challenge import PoseStep
from biometric_auth.engines.simulated import SimulatedEngine
from biometric_auth.management.commands.evaluate_engine import Corpus, _figures
from biometric_auth.reference_agent.portrait import PortraitCamera
from tests.biometric_auth.captures import features


@pytest.fixture
def _real_engine(settings):
    real = {"engine": "biometric_auth.engines.face.FaceEngine"}
    settings.BIOMETRIC_AUTH = settings.BIOMETRIC_AUTH | real
    policy.get_policy.cache_clear()
    yield
    policy.get_policy.cache_clear()


def around(place):
    """Four images of one subject: nearly the same features."""
    rng = np.random.default_rng(place)
    vectors = rng.normal(0, 0.01, (4, 128))
    vectors[:, place] += 1
    return [features(*vector) for vector in vectors]


def test_every_choice_of_three_images_meets_every_image_outside_it():
    corpus = Corpus(subjects={"a": around(0), "b": around(1), "c": around(2)}, images=12)
    deployed = _figures(SimulatedEngine(), corpus)["at_operating_point"]
    assert deployed["fnmr"]["comparisons"] == 3 * 4 * 1
    assert deployed["fmr"]["comparisons"] == 3 * 4 * 8
    assert deployed["fnmr"]["errors"] == deployed["fmr"]["errors"] == 0


def test_errors_are_counted_on_their_own_side():
    twins = [*around(0)[:2], *around(1)[:2]]
    corpus = Corpus(subjects={"a": around(0), "b": twins, "c": around(2)}, images=12)
    deployed = _figures(SimulatedEngine(), corpus)["at_operating_point"]
    assert deployed["fmr"]["errors"] > 0
    assert deployed["fnmr"]["errors"] > 0
    assert deployed["fmr"]["upper_bound"] > deployed["fmr"]["rate"]


@pytest.mark.usefixtures("_real_engine")
def test_a_folder_of_faces_gives_figures(tmp_path):
    for name in ("obama", "biden"):
        path = Path(settings.MODEL_DIR) / "portraits" / f"{name}.jpg"
        if not path.is_file():
            pytest.fail(f"{path} is missing: run `make models`")
        (tmp_path / name).mkdir()
        camera = PortraitCamera(path)
        for number, (jpeg, _, _) in enumerate(camera.frames([PoseStep("centre")] * 2)):
            (tmp_path / name / f"{number}.jpg").write_bytes(jpeg)
    (tmp_path / "obama" / "broken.jpg").write_bytes(b"\xff\xd8\xff\xd9")
    said = StringIO()
    call_command("evaluate_engine", tmp_path, "--json", stdout=said)
    figures = json.loads(said.getvalue())
    assert figures["subjects"] == 2
    assert (figures["images"], figures["failure_to_acquire"]) == (9, 1)
    assert figures["at_operating_point"]["fmr"]["errors"] == 0
    assert figures["at_operating_point"]["fnmr"]["errors"] == 0


def test_one_subject_is_not_enough(tmp_path):
    with pytest.raises(CommandError, match="Two or more subjects"):
        call_command("evaluate_engine", tmp_path)
