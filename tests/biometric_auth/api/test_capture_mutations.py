"""R-9.5-3, R-9.5-4, R-9.2-11: mutated, replayed, late or foreign: one shape of answer."""

from __future__ import annotations

import json
import time
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from joserfc.jwk import ECKey

from biometric_auth.engines.simulated import SimulatedEngine
from biometric_auth.models import RetryLimit, SecurityEvent, Transaction, VerificationRecord
from biometric_auth.services import devices
from tests.biometric_auth.agent_double import AgentDouble

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])

REFUSAL = {"state": "try_again", "attempts_left": 4}


@pytest.fixture
def agent():
    double = AgentDouble()
    double.enrol()
    double.reach_claimed()
    double.ask_challenge()
    return double


def _set(*path, to):
    def change(manifest):
        target = manifest
        for name in path[:-1]:
            target = target[name]
        target[path[-1]] = to(target.get(path[-1])) if callable(to) else to

    return change


def _swap_frames(manifest):
    manifest["frames"][0], manifest["frames"][1] = manifest["frames"][1], manifest["frames"][0]


def _twice_the_same_frame(manifest):
    manifest["frames"][1]["sha256"] = manifest["frames"][0]["sha256"]


def _without(name):
    def change(manifest):
        del manifest[name]

    return change


MUTATIONS = [
    pytest.param(_set("txn", to=str(uuid.uuid4())), id="another-transaction"),
    pytest.param(_set("challenge_sha256", to="0" * 64), id="another-challenge"),
    pytest.param(_set("device", to=str(uuid.uuid4())), id="another-device"),
    pytest.param(_set("intent", "action", to="deny"), id="not-approved"),
    pytest.param(_set("intent", to={}), id="no-intent"),
    pytest.param(_set("intent", "at", to=lambda at: at + 600_000), id="approved-later"),
    pytest.param(_set("started_at", to=lambda at: at - 60_000), id="started-before-the-challenge"),
    pytest.param(_set("started_at", to=lambda at: at + 60_000), id="started-after-its-end"),
    pytest.param(_set("ended_at", to=lambda at: at + 60_000), id="ended-in-the-future"),
    pytest.param(_set("started_at", to=1.5), id="time-of-another-kind"),
    pytest.param(_set("started_at", to=True), id="truth-for-a-time"),
    pytest.param(_set("frames", to=[]), id="no-frames"),
    pytest.param(_set("frames", to="frames"), id="frames-of-another-kind"),
    pytest.param(_set("frames", to=lambda frames: frames[:-1]), id="a-frame-not-listed"),
    pytest.param(_swap_frames, id="frames-in-another-order"),
    pytest.param(_twice_the_same_frame, id="a-frame-listed-twice"),
    pytest.param(lambda m: m["frames"][1].update(at_ms=0), id="time-stands-still"),
    pytest.param(lambda m: m["frames"][-1].update(at_ms=99_999), id="frame-after-the-end"),
    pytest.param(lambda m: m["frames"][0].update(step=3), id="steps-go-back"),
    pytest.param(lambda m: m["frames"][-1].update(step=4), id="a-step-that-was-not-asked"),
    pytest.param(lambda m: m["frames"][0].update(step=-1), id="a-step-before-the-first"),
    pytest.param(lambda m: m["frames"][0].update(extra=1), id="unknown-word-in-a-frame"),
    pytest.param(_set("extra", to=1), id="unknown-word"),
    pytest.param(_set("signals", to=[]), id="signals-of-another-kind"),
    pytest.param(_without("intent"), id="intent-missing"),
    pytest.param(_without("challenge_sha256"), id="challenge-missing"),
]


@pytest.mark.parametrize("change", MUTATIONS)
def test_a_changed_manifest_is_refused_in_one_shape(agent, change):
    assert agent.send(agent.message(change=change)).json() == REFUSAL
    assert VerificationRecord.objects.filter(accepted=False).count() == 1
    assert SecurityEvent.objects.filter(kind="capture_refused").count() == 1


def _foreign_key(agent):
    return agent.message(key=ECKey.generate_key("P-256"))


def _attached_payload(agent):
    statement = agent.sign({"any": "thing"}, typ="countersign-claim+jwt")
    return agent.message(proof={"type": "jws", "jws": statement})


def _proof_of_another_kind(agent):
    return agent.message(proof={"type": "webauthn", "assertion": {}})


def _symmetric_proof(agent):
    return agent.message(proof={"type": "jws", "jws": "eyJhbGciOiJub25lIn0..c2ln"})


def _other_images(agent):
    return agent.message(images=[b"{}"] * 8)


def _weaker_encryption(agent):
    return agent.message(header={"enc": "A128GCM"})


def _compressed(agent):
    return agent.message(header={"zip": "DEF"})


def _another_content(agent):
    return agent.message(header={"cty": "something"})


def _another_epoch(agent):
    return agent.message(header={"kid": "epoch-2"})


def _bit_flip(agent):
    message = agent.message()
    return message[:-1] + ("A" if message[-1] != "A" else "Q")


def _unsigned(agent):
    return agent.encrypt([b"{}", b"{}", b"x"])


def _manifest_alone(agent):
    return agent.encrypt([b"{}"])


def _half_a_part(agent):
    return agent.encrypt([b"{}", b"{}", b"x" * 10])[:400] + ".AAAA.AAAA"


def _too_many_parts(agent):
    return agent.encrypt([b""] * 200)


@pytest.mark.parametrize(
    "make",
    [
        _foreign_key,
        _attached_payload,
        _proof_of_another_kind,
        _symmetric_proof,
        _other_images,
        _weaker_encryption,
        _compressed,
        _another_content,
        _another_epoch,
        _bit_flip,
        _unsigned,
        _manifest_alone,
        _too_many_parts,
    ],
)
def test_a_changed_envelope_is_refused_in_the_same_shape(agent, make):
    assert agent.send(make(agent)).json() == REFUSAL


def test_a_replayed_capture_is_judged_once(agent):
    message = agent.message()
    assert agent.send(message).json()["state"] == "matched"
    again = agent.send(message)
    assert again.json() == {
        "state": "refused",
        "attempts_left": 0,
        "continue_to": "/interaction/1/choose",
    }
    assert VerificationRecord.objects.filter(purpose="authentication").count() == 1
    assert SecurityEvent.objects.filter(kind="capture_without_challenge").count() == 1


def test_a_capture_for_one_transaction_is_refused_in_another(agent):
    message = agent.message()
    agent.reach_claimed()
    agent.ask_challenge()
    assert agent.send(message).json() == REFUSAL


def test_a_capture_of_one_person_is_refused_in_anothers_transaction(agent):
    other = AgentDouble("bob", subject="sub-bob")
    other.enrol()
    other.reach_claimed()
    other.ask_challenge()
    message = agent.message()
    assert other.send(message).json() == REFUSAL


def test_a_late_capture_is_refused(agent):
    message = agent.message()
    Transaction.objects.update(challenge_expires_at=timezone.now() - timedelta(seconds=1))
    assert agent.send(message).json() == REFUSAL


def test_a_capture_after_the_transactions_end_is_refused(agent):
    message = agent.message()
    Transaction.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    answer = agent.send(message).json()
    assert answer["state"] == "refused"
    assert agent.get().json()["state"] == "expired"


def test_a_removed_device_is_refused_in_the_middle(agent):
    assert devices.remove(subject="sub-alice", device_id=uuid.UUID(agent.device))
    assert agent.send(agent.message()).json() == REFUSAL


def test_a_replaced_challenge_is_dead_and_cost_an_attempt(agent):
    message = agent.message()
    agent.ask_challenge()
    assert agent.send(message).json() == {"state": "try_again", "attempts_left": 3}


def test_drawing_challenges_until_one_suits_ends_the_transaction(agent):
    told = [agent.ask_challenge().status_code for _ in range(5)]
    assert told == [200, 200, 200, 200, 409]
    assert agent.get().json()["state"] == "refused"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        pytest.param(b"hello", "application/jose", 400, id="no-message"),
        pytest.param(b"", "application/jose", 400, id="nothing"),
        pytest.param(b"a.b.c.d.e", "application/json", 415, id="another-media-type"),
        pytest.param(b"A" * 1_500_001, "application/jose", 413, id="too-large"),
    ],
)
def test_what_is_no_message_gets_a_problem_and_costs_nothing(agent, body, kind, status):
    response = agent.http.post(agent._url("/capture"), body, content_type=kind)
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == status
    assert agent.send(agent.message()).json()["state"] == "matched"


def test_the_frames_that_fit_the_bound_are_accepted(agent):
    agent.camera._says = {"padding": "x" * 120_000}
    assert agent.send(agent.message()).json()["state"] == "matched"


def test_refusals_take_no_different_time_with_and_without_a_reference(agent):
    def refuse(double):
        double.ask_challenge()
        message = double.message(still=True)
        started = time.perf_counter()
        answer = double.send(message)
        return time.perf_counter() - started, answer.json().keys()

    stranger = AgentDouble("eve", subject="sub-eve")
    stranger.open("enrolment")
    stranger.consent()
    stranger.register()
    stranger.reach_claimed()
    with_reference, shape = refuse(agent)
    without, other_shape = refuse(stranger)
    assert shape == other_shape
    assert without < with_reference * 5
    assert with_reference < without * 5


def test_a_fault_while_judging_is_a_refusal_that_counts_for_nobody(agent, monkeypatch, caplog):
    def observe(_self, _sample):
        message = "frame content: SECRET-CANARY"
        raise RuntimeError(message)

    monkeypatch.setattr(SimulatedEngine, "observe", observe)
    assert agent.send(agent.message()).json() == REFUSAL
    assert not RetryLimit.objects.exists()
    assert "SECRET-CANARY" not in caplog.text
    assert "RuntimeError" in caplog.text


def test_the_answer_to_a_match_is_the_only_place_of_the_receipt(agent):
    answer = agent.send(agent.message()).json()
    receipt = answer["continue_to"].partition("receipt=")[2]
    row = Transaction.objects.get(pk=agent.handle)
    assert receipt not in json.dumps({k: str(v) for k, v in row.__dict__.items()})
