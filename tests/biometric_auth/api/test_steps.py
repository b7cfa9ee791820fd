"""R-6.2.5-2, R-9.5-10: steps in order, each once; another browser learns nothing."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from joserfc.jwk import ECKey

from biometric_auth.api.throttles import TransactionThrottle
from biometric_auth.models import Device, SecurityEvent, Transaction
from tests.biometric_auth.agent_double import AgentDouble

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])


@pytest.fixture
def agent():
    double = AgentDouble()
    double.enrol()
    return double


CALLS = ["devices/options", "devices", "consent", "claim", "challenge", "deny"]
BODIES = {
    "devices/options": {"type": "jws", "name": "x"},
    "devices": {"registration": "x", "jwk": {}, "proof": "x"},
    "consent": {"version": "x", "language": "en"},
    "claim": {"device": str(uuid.uuid4())},
}


@pytest.mark.parametrize("call", ["", *CALLS, "capture"])
def test_another_browser_sees_what_an_unknown_transaction_shows(agent, call):
    agent.open()
    other = AgentDouble()

    def answer(handle):
        other.handle = handle
        if call == "":
            return other.get()
        if call == "capture":
            return other.send("a.b.c.d.e")
        return other.post(call, BODIES.get(call))

    foreign, unknown = answer(agent.handle), answer(str(uuid.uuid4()))
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.content == unknown.content
    assert foreign["Content-Type"] == "application/problem+json"


def test_without_the_browser_cookie_there_is_no_transaction(agent):
    agent.open()
    agent.http.cookies.clear()
    assert agent.get().status_code == 404


def test_a_page_of_another_origin_is_refused(agent):
    agent.open()
    response = agent.http.post(
        agent._url("/deny"),
        "{}",
        content_type="application/json",
        headers={"Origin": "https://evil.example"},
    )
    assert response.status_code == 404


def test_a_transaction_says_who_asks_and_what_for(agent):
    agent.open()
    told = agent.get().json()
    assert told["client"] == {"name": "Demo Bank"}
    assert told["text"] == "Pay 10 EUR to Bob"
    assert told["captures_needed"] == 1
    assert told["devices"] == [{"id": agent.device, "type": "jws"}]
    assert told["consent"]["needed"] is False
    assert "no-store" in agent.get()["Cache-Control"]


def test_no_challenge_without_a_device_proof(agent):
    agent.open()
    response = agent.post("challenge")
    assert response.status_code == 409
    assert response.json()["code"] == "wrong_state"


def test_a_claim_by_another_key_is_refused_and_uses_the_nonce_up(agent):
    agent.open()
    nonce = agent.post("claim", {"device": agent.device}).json()["nonce"]
    claims = {"txn": agent.handle, "nonce": nonce}

    def prove(key):
        statement = agent.sign(claims, typ="countersign-claim+jwt", key=key)
        proof = {"type": "jws", "jws": statement}
        return agent.post("claim", {"device": agent.device, "proof": proof})

    assert prove(ECKey.generate_key("P-256")).status_code == 403
    assert prove(agent.key).status_code == 403
    assert SecurityEvent.objects.filter(kind="claim_refused").count() == 2


@pytest.mark.parametrize(
    "changes",
    [{"txn": str(uuid.uuid4())}, {"nonce": "another"}],
    ids=["another-transaction", "another-nonce"],
)
def test_a_claim_over_other_words_is_refused(agent, changes):
    agent.open()
    assert agent.claim(**changes).status_code == 403


def test_a_statement_of_another_type_is_no_claim(agent):
    agent.open()
    nonce = agent.post("claim", {"device": agent.device}).json()["nonce"]
    statement = agent.sign({"txn": agent.handle, "nonce": nonce}, typ="countersign-device+jwt")
    proof = {"type": "jws", "jws": statement}
    response = agent.post("claim", {"device": agent.device, "proof": proof})
    assert response.status_code == 403


def test_another_persons_device_cannot_claim(agent):
    other = AgentDouble("bob", subject="sub-bob")
    other.enrol()
    agent.open()
    assert agent.post("claim", {"device": other.device}).status_code == 403


def test_a_removed_device_cannot_claim(agent):
    Device.objects.update(removed_at=timezone.now())
    agent.open()
    assert agent.post("claim", {"device": agent.device}).status_code == 403


def test_a_transaction_is_claimed_once(agent):
    agent.reach_claimed()
    assert agent.post("claim", {"device": agent.device}).status_code == 409


def test_denial_ends_it_and_raises_an_event(agent):
    agent.reach_claimed()
    agent.ask_challenge()
    message = agent.message()
    answer = agent.post("deny")
    assert answer.json() == {"state": "cancelled", "continue_to": "/interaction/1/choose"}
    assert agent.send(message).json()["state"] == "refused"
    assert agent.post("deny").status_code == 409
    assert SecurityEvent.objects.filter(kind="denied").count() == 1


@pytest.mark.parametrize("call", ["claim", "challenge", "deny"])
def test_an_expired_transaction_takes_no_step(agent, call):
    agent.open()
    Transaction.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    response = agent.post(call, BODIES.get(call))
    assert response.status_code == 410
    assert response.json()["code"] == "expired"
    assert agent.get().json()["state"] == "expired"


def test_devices_are_bound_in_an_enrolment_only(agent):
    agent.open()
    response = agent.post("devices/options", BODIES["devices/options"])
    assert response.status_code == 409
    assert response.json()["code"] == "binding_not_allowed"


def test_a_registration_is_used_once():
    agent = AgentDouble()
    agent.open("enrolment")
    asked = agent.post("devices/options", {"type": "jws", "name": "x"}).json()
    statement = agent.sign(
        {"txn": agent.handle, "nonce": asked["nonce"]}, typ="countersign-device+jwt"
    )
    answer = {
        "registration": asked["registration"],
        "jwk": agent.key.as_dict(private=False),
        "proof": statement,
    }
    assert agent.post("devices", answer).status_code == 201
    assert agent.post("devices", answer).status_code == 403
    assert Device.objects.count() == 1


@pytest.mark.parametrize(
    "jwk",
    [
        pytest.param({"kty": "oct", "k": "c2VjcmV0"}, id="symmetric"),
        pytest.param({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}, id="no-point"),
        pytest.param({"kty": "EC", "crv": "P-521", "x": "AA", "y": "AA"}, id="another-curve"),
        pytest.param({}, id="nothing"),
    ],
)
def test_a_key_of_another_kind_is_refused(jwk):
    agent = AgentDouble()
    agent.open("enrolment")
    assert agent.register(jwk=jwk).status_code == 403


def test_a_private_key_is_refused():
    agent = AgentDouble()
    agent.open("enrolment")
    assert agent.register(jwk=agent.key.as_dict(private=True)).status_code == 403
    assert not Device.objects.exists()


def test_consent_to_another_wording_is_refused():
    agent = AgentDouble()
    agent.open("enrolment")
    response = agent.post("consent", {"version": "1-old", "language": "en"})
    assert response.status_code == 409
    assert response.json()["code"] == "consent_changed"


@pytest.mark.parametrize(
    ("call", "body"),
    [
        ("claim", {"device": "no-uuid"}),
        ("consent", {"version": "1"}),
        ("consent", {"version": "1", "language": "<script>"}),
        ("devices/options", {"type": "fax", "name": "x"}),
        ("claim", []),
    ],
)
def test_a_message_of_another_form_is_a_problem(agent, call, body):
    agent.open()
    response = (
        agent.post(call, body or None)
        if body
        else agent.http.post(agent._url(f"/{call}"), "[1]", content_type="application/json")
    )
    assert response.status_code == 400
    assert response.json()["code"] == "invalid_message"


def test_a_large_json_message_is_refused(agent):
    agent.open()
    body = b'{"device": "' + b"x" * 70_000 + b'"}'
    response = agent.http.post(agent._url("/claim"), body, content_type="application/json")
    assert response.status_code == 413


def test_many_requests_are_slowed_down(agent, monkeypatch):
    monkeypatch.setattr(TransactionThrottle, "rate", "3/min")
    agent.open()
    told = [agent.get().status_code for _ in range(4)]
    assert told == [200, 200, 200, 429]
    assert int(agent.get()["Retry-After"]) > 0
