"""R-5.4.3-1, R-9.1-2, R-9.1-5, R-9.4-1, R-A-2: what only a demonstration may have is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from biometric_auth.checks import deployment as checks
from biometric_auth.checks import policy
from biometric_auth.engines.face import FaceEngine
from biometric_auth.models import EnrolmentPolicy
from biometric_auth.services import enrolment_policy
from tests.biometric_auth.policies import in_force
from tests.checks.conftest import said

SIMULATED = "biometric_auth.engines.simulated.SimulatedEngine"


@pytest.mark.parametrize(
    ("check", "changes", "ids"),
    [
        (policy.check_policy, {"engine": SIMULATED}, ["biometric_auth.E001"]),
        (policy.check_policy, {"issuer": "http://op.example"}, ["biometric_auth.E002"]),
        (policy.check_policy, {"issuer": "http://op.localhost"}, []),
        (
            checks.check_components,
            {"simulated_camera_url": "http://localhost:8002"},
            ["biometric_auth.E003"],
        ),
        (checks.check_components, {"engine": SIMULATED}, ["biometric_auth.E005"]),
        (checks.check_components, {"allow_simulated_engine": True}, ["biometric_auth.E005"]),
    ],
)
def test_what_is_not_safe_is_refused(deployment, check, changes, ids):
    assert said(check) == []
    deployment(biometric=changes)
    assert said(check) == ids


def test_a_key_ring_that_others_can_read_is_refused(deployment, tmp_path):
    path = tmp_path / "keyring.json"
    path.write_text("{}")
    path.chmod(0o644)
    deployment(biometric={"key_ring": path})
    assert said(policy.check_policy) == ["biometric_auth.E004"]


def test_model_files_are_there_and_are_the_pinned_ones(deployment, tmp_path):
    installed = Path(deployment.settings.BIOMETRIC_AUTH["model_dir"])
    for path in installed.glob("*.onnx"):
        (tmp_path / path.name).symlink_to(path)
    deployment(biometric={"model_dir": tmp_path})
    assert said(checks.check_components) == []
    first, second = sorted(tmp_path.glob("*.onnx"))[:2]
    first.unlink()
    second.unlink()
    second.write_bytes(b"another network")
    assert said(checks.check_components) == ["biometric_auth.E006"] * 2


@pytest.mark.parametrize(
    ("days", "ids"), [(-1, ["biometric_auth.E007"]), (0, ["biometric_auth.W001"]), (31, [])]
)
def test_an_evaluation_ends(deployment, monkeypatch, days, ids):
    ends = timezone.now().date() + timedelta(days=days)
    point = replace(FaceEngine.pad_operating_point, valid_until=ends)
    monkeypatch.setattr(FaceEngine, "pad_operating_point", point)
    assert said(checks.check_components) == ids


def test_the_key_ring_lies_apart_from_the_databases(deployment, tmp_path):
    file = {"ENGINE": "django.db.backends.sqlite3", "NAME": tmp_path / "keys" / "idp.sqlite3"}
    deployment(DATABASES=deployment.settings.DATABASES | {"default": file})
    assert said(checks.check_storage) == ["biometric_auth.E008"]


def test_references_lie_apart_from_the_providers_tables(deployment):
    one = deployment.settings.DATABASES["default"]
    deployment(DATABASES={"default": one, "biometric": one})
    assert said(checks.check_storage) == ["biometric_auth.W002"]


def test_beat_erases_what_is_revoked(deployment):
    deployment(CELERY_BEAT_SCHEDULE={})
    assert said(checks.check_storage) == ["biometric_auth.E010"]


@pytest.mark.django_db(databases=["default", "biometric"])
class TestEnrolment:
    def test_the_shipped_policy_is_fine(self, deployment):
        assert said(checks.check_enrolment) == []

    def test_without_a_root_every_device_key_is_software(self, deployment):
        deployment(biometric={"attestation_roots": {"packed": []}})
        assert said(checks.check_enrolment) == ["biometric_auth.W004"]

    def test_a_policy_that_was_changed_in_the_database_is_reported(self, deployment):
        enrolment_policy.active()
        EnrolmentPolicy.objects.update(session_level=0)
        assert said(checks.check_enrolment) == ["biometric_auth.E009"]

    def test_a_face_that_counts_at_once_is_reported(self, deployment):
        in_force(cooling_off=timedelta(0))
        assert said(checks.check_enrolment) == ["biometric_auth.W003"]
