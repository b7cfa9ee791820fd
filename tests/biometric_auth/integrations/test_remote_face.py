"""ARCHITECTURE 4, R-5.2-1: RemoteFace reports facts, once, to whoever holds the receipt."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from biometric_auth.integrations import idp
from biometric_auth.integrations.idp import RemoteFace
from biometric_auth.models import BiometricReference, Device, RetryLimit, Transaction
from biometric_auth.policy import get_policy
from biometric_auth.services import devices, lifecycle, transaction
from idp.contract import BROWSER_COOKIE, AuthenticationRequest, Subject
from tests.biometric_auth.agent_double import AgentDouble

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
ALICE = Subject("sub-alice", "Alice")


@pytest.fixture
def agent():
    double = AgentDouble()
    double.enrol(session_level=3)
    return double


def _request(agent, **changes):
    values: dict[str, Any] = {
        "subject": ALICE,
        "client_name": "Demo Bank",
        "acr": "urn:countersign:acr:loa3:rb",
        "text": "Pay",
        "browser": transaction.sha256(agent.browser),
        "resume_url": "/interaction/1/resume?x=1",
        "cancel_url": "/interaction/1/choose",
        "expires_at": timezone.now() + timedelta(minutes=5),
    } | changes
    return AuthenticationRequest(**values)


def _verified(agent):
    started = RemoteFace().start(_request(agent))
    agent.handle = started.handle
    agent.claim()
    receipt = agent.capture().json()["continue_to"].partition("receipt=")[2]
    return started, receipt


def test_a_result_is_collected_once_with_its_evidence(agent):
    started, receipt = _verified(agent)
    assert started.url == f"/biometric/capture/{started.handle}"
    result = RemoteFace().collect(started.handle, receipt)
    assert result is not None
    assert result.subject == "sub-alice"
    assert result.amr == frozenset({"face"})
    shown = result.evidence
    assert (shown.remote_match, shown.freshness, shown.same_frames, shown.iad) == (1, 3, 1, 1)
    assert (shown.possession, shown.channel, shown.enrolment, shown.intent) == (1, 1, 2, 1)
    assert (shown.pad, shown.template_protection, shown.cooling_off) == (2, 3, 0)
    assert RemoteFace().collect(started.handle, receipt) is None


def test_what_it_can_add_is_what_it_then_adds(agent):
    best = RemoteFace().potential(ALICE)
    started, receipt = _verified(agent)
    result = RemoteFace().collect(started.handle, receipt)
    assert result is not None
    assert result.evidence == best


def test_the_receipt_joins_the_query_of_the_resume_url(agent):
    started = RemoteFace().start(_request(agent))
    agent.handle = started.handle
    agent.claim()
    assert "?x=1&receipt=" in agent.capture().json()["continue_to"]


@pytest.mark.parametrize("receipt", ["", "guess"])
def test_a_wrong_receipt_collects_nothing_and_spoils_nothing(agent, receipt):
    started, right = _verified(agent)
    assert RemoteFace().collect(started.handle, receipt) is None
    assert RemoteFace().collect(started.handle, right) is not None


@pytest.mark.parametrize(
    "handle",
    ["", "no-uuid", "00000000-0000-4000-8000-000000000000"],
    ids=["empty", "no-uuid", "unknown"],
)
def test_an_unknown_handle_collects_nothing(agent, handle):
    assert RemoteFace().collect(handle, "receipt") is None


def test_an_expired_result_is_not_collected(agent):
    started, receipt = _verified(agent)
    Transaction.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert RemoteFace().collect(started.handle, receipt) is None


def test_a_device_removed_in_between_takes_the_result_with_it(agent):
    started, receipt = _verified(agent)
    devices.remove(subject="sub-alice", device_id=uuid.UUID(agent.device))
    assert RemoteFace().collect(started.handle, receipt) is None


def test_a_reference_revoked_in_between_takes_the_result_with_it(agent):
    started, receipt = _verified(agent)
    lifecycle.revoke(subject="sub-alice", reason="withdrawn")
    assert RemoteFace().collect(started.handle, receipt) is None


def test_an_enrolment_is_no_authentication(agent):
    agent.enrol(session_level=3)
    row = Transaction.objects.get(pk=agent.handle)
    assert row.receipt_sha256 == ""
    assert RemoteFace().collect(agent.handle, "") is None


@pytest.mark.parametrize(
    "lose",
    [
        lambda: BiometricReference.objects.update(state="revoked"),
        lambda: BiometricReference.objects.update(engine="another/1"),
        lambda: BiometricReference.objects.update(expires_at=timezone.now()),
        lambda: Device.objects.update(removed_at=timezone.now()),
        lambda: RetryLimit.objects.create(
            subject="sub-alice", failures=20, last_failure_at=timezone.now()
        ),
    ],
    ids=["no-reference", "another-engine", "term-over", "no-device", "too-many-failures"],
)
def test_without_what_it_needs_it_is_not_offered(agent, lose):
    assert RemoteFace().potential(ALICE) is not None
    lose()
    assert RemoteFace().potential(ALICE) is None


def test_an_engine_that_cannot_be_loaded_leaves_the_other_ways(agent, monkeypatch):
    def broken(*_):
        raise OSError

    monkeypatch.setattr(idp, "load_engine", broken)
    assert RemoteFace().potential(ALICE) is None


def test_verification_needs_a_known_subject(agent):
    with pytest.raises(ValueError, match="1:1"):
        RemoteFace().start(_request(agent, subject=None))


def test_provider_and_server_name_the_same_cookie():
    assert get_policy().browser_cookie == BROWSER_COOKIE
