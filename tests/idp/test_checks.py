"""ARCHITECTURE 8; OIDC.md L5: what is not safe to run is refused at start."""

from __future__ import annotations

from dataclasses import replace

import pytest

from idp import checks
from idp.policy import get_policy


@pytest.fixture
def policy(monkeypatch):
    """Return a function that changes the policy for the checks."""

    def change(**fields):
        changed = replace(get_policy(), **fields)
        monkeypatch.setattr(checks, "get_policy", lambda: changed)

    return change


def found(check):
    return {message.id for message in check()}


def test_the_tests_own_settings_pass():
    assert found(checks.check_policy) == set()


@pytest.mark.parametrize(
    "issuer",
    [
        "http://op.example",
        "ftp://op.example",
        "op.example",
        "https://",
        "https://op.example?x=1",
        "https://op.example#x",
        "http://localhost.evil.example",
    ],
)
def test_an_issuer_is_https(policy, issuer):
    policy(issuer=issuer)
    assert "idp.E001" in found(checks.check_policy)


@pytest.mark.parametrize(
    "issuer", ["https://op.example", "http://localhost:8000", "http://op.localhost", "http://[::1]"]
)
def test_loopback_is_for_development(policy, issuer):
    policy(issuer=issuer)
    assert found(checks.check_policy) == set()


def test_a_deployment_is_https_without_debug_and_says_what_its_levels_are(policy, settings):
    policy(issuer="https://op.example")
    assert found(checks.check_deployment) == set()
    settings.DEBUG = True
    policy(issuer="http://localhost:8000", profile="self-assessed", fetch_loopback=True)
    assert found(checks.check_deployment) == {"idp.E004", "idp.E005", "idp.E006", "idp.W001"}


def test_words_without_a_meaning_are_refused(policy):
    policy(
        acr_values=("urn:x",),
        id_token_signing_algorithms=("none",),
        registration="ajar",
        registration_grant_types=("password",),
        registration_response_types=("token",),
    )
    assert [m.id for m in checks.check_policy()] == ["idp.E002"] * 5


def test_l5_what_clients_that_register_themselves_may_do_is_warned_of(policy):
    policy(issuer="https://op.example", registration="open")
    assert found(checks.check_deployment) == {"idp.W002"}
    loose = {"registration_without_pkce": True, "registration_response_types": ("code token",)}
    policy(issuer="https://op.example", **loose)
    assert found(checks.check_deployment) == {"idp.W003", "idp.W004"}
    policy(issuer="https://op.example", registration="closed", **loose)
    assert found(checks.check_deployment) == set()


def test_a_method_that_is_not_there_is_refused(policy):
    policy(methods=("idp.authentication.telepathy.Telepathy",))
    assert "idp.E003" in found(checks.check_policy)
