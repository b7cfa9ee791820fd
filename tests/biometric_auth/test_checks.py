"""R-9.1-2, R-A-2: combinations that are refused at start."""

from __future__ import annotations

from dataclasses import replace

import pytest

from biometric_auth import checks
from biometric_auth.policy import get_policy


def told(monkeypatch, check, **changes):
    policy = replace(get_policy(), **changes)
    monkeypatch.setattr(checks, "get_policy", lambda: policy)
    return [message.id for message in check()]


@pytest.mark.parametrize(
    ("changes", "ids"),
    [
        pytest.param({}, [], id="tests-may-simulate"),
        pytest.param({"allow_simulated_engine": False}, ["biometric_auth.E001"], id="others-not"),
        pytest.param({"issuer": "http://op.example"}, ["biometric_auth.E002"], id="plain-http"),
        pytest.param({"issuer": "https://op.example"}, [], id="https"),
        pytest.param({"issuer": "http://op.localhost"}, [], id="local-name"),
    ],
)
def test_settings_are_checked(monkeypatch, tmp_path, changes, ids):
    assert told(monkeypatch, checks.check_policy, key_ring=tmp_path / "none", **changes) == ids


def test_a_key_ring_that_others_can_read_is_reported(monkeypatch, tmp_path):
    path = tmp_path / "keyring.json"
    path.write_text("{}")
    path.chmod(0o644)
    assert told(monkeypatch, checks.check_policy, key_ring=path) == ["biometric_auth.W001"]


@pytest.mark.parametrize(("url", "ids"), [("", []), ("http://x", ["biometric_auth.E003"])])
def test_a_simulated_camera_is_for_demonstrations(monkeypatch, url, ids):
    assert told(monkeypatch, checks.check_deployment, simulated_camera_url=url) == ids
