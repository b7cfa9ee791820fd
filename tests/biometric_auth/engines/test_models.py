"""R-6.2.1-3, T-8.1-13: a model that is missing or not the pinned one stops the start."""

from __future__ import annotations

import dataclasses

import pytest

from biometric_auth.engines import models
from biometric_auth.engines.face import FaceEngine
from biometric_auth.engines.models import ModelsUnusable, read_model, sha256_of

PINNED = dataclasses.replace(models.DETECTOR, sha256=sha256_of(b"weights"))


def test_the_pinned_file_is_read(tmp_path):
    (tmp_path / PINNED.name).write_bytes(b"weights")
    assert read_model(tmp_path, PINNED) == b"weights"


def test_one_changed_byte_is_refused(tmp_path):
    (tmp_path / PINNED.name).write_bytes(b"weighty")
    with pytest.raises(ModelsUnusable, match=r"not the pinned file.*make models"):
        read_model(tmp_path, PINNED)


def test_a_prepared_file_is_pinned_as_prepared(tmp_path):
    prepared = dataclasses.replace(PINNED, prepared_sha256=sha256_of(b"prepared"))
    (tmp_path / PINNED.name).write_bytes(b"weights")
    with pytest.raises(ModelsUnusable):
        read_model(tmp_path, prepared)


def test_an_engine_without_its_models_says_how_to_get_them(tmp_path):
    with pytest.raises(ModelsUnusable, match="make models"):
        FaceEngine(tmp_path)


@pytest.mark.parametrize("model", models.MODELS, ids=lambda model: model.name)
def test_every_model_names_its_origin_and_licence(model):
    assert len(model.sha256) == len(model.archive.sha256) == 64
    assert model.licence
