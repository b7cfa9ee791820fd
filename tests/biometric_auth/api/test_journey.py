"""AGENT-PROTOCOL.md: enrolment and authentication from end to end, over the API."""

from __future__ import annotations

import logging
from typing import ClassVar

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connections

from biometric_auth.api import views
from biometric_auth.engines.simulated import SimulatedEngine
from biometric_auth.models import (
    BiometricReference,
    ConsentReceipt,
    EnrolmentSample,
    SubjectKey,
)
from biometric_auth.services import transaction
from tests.biometric_auth.agent_double import AgentDouble

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])


@pytest.mark.parametrize("curve", ["P-256", "Ed25519"])
def test_a_person_enrols_and_is_verified(curve):
    agent = AgentDouble(curve=curve)
    answer = agent.enrol().json()
    assert answer == {
        "state": "enrolled",
        "captures_done": 3,
        "continue_to": "/interaction/1/resume",
    }
    agent.reach_claimed()
    answer = agent.capture().json()
    assert answer["state"] == "matched"
    handle, receipt = agent.handle, answer["continue_to"].partition("receipt=")[2]
    row = transaction.collect(handle=handle, receipt=receipt)
    assert row is not None
    assert row.subject == "sub-alice"
    assert row.result["remote_match"] == 1
    assert row.result["freshness"] == 3
    assert transaction.collect(handle=handle, receipt=receipt) is None


def test_each_capture_of_an_enrolment_needs_its_own_challenge():
    agent = AgentDouble()
    agent.open("enrolment")
    agent.consent()
    agent.register()
    agent.claim()
    first = agent.capture().json()
    assert first == {"state": "next_capture", "attempts_left": 5, "captures_done": 1}
    assert agent.send(agent.message()).json() == {"state": "try_again", "attempts_left": 5}
    assert agent.get().json()["captures_done"] == 1


def test_another_persons_face_is_told_to_try_again_until_attempts_end():
    agent = AgentDouble()
    agent.enrol()
    agent.camera = AgentDouble("mallory").camera
    agent.reach_claimed()
    told = [agent.capture().json() for _ in range(5)]
    assert told[:4] == [{"state": "try_again", "attempts_left": left} for left in (4, 3, 2, 1)]
    assert told[4] == {
        "state": "refused",
        "attempts_left": 0,
        "continue_to": "/interaction/1/choose",
    }
    assert agent.post("challenge").status_code == 409


def test_a_photograph_held_up_is_refused_like_another_face():
    agent = AgentDouble()
    agent.enrol()
    agent.reach_claimed()
    assert agent.capture(still=True).json() == {"state": "try_again", "attempts_left": 4}


def test_a_person_without_a_reference_is_refused_like_another_face():
    agent = AgentDouble()
    agent.enrol()
    BiometricReference.objects.update(state="revoked")
    agent.reach_claimed()
    assert agent.capture().json() == {"state": "try_again", "attempts_left": 4}


def test_a_second_attempt_may_succeed_with_a_new_challenge():
    agent = AgentDouble()
    agent.enrol()
    agent.reach_claimed()
    agent.capture(still=True)
    assert agent.capture().json()["state"] == "matched"


def test_enrolling_again_revokes_the_old_reference_at_once():
    agent = AgentDouble()
    agent.enrol()
    agent.enrol(session_level=3)
    states = BiometricReference.objects.values_list("state", flat=True)
    assert sorted(states) == ["active", "revoked"]


def test_captures_of_two_people_make_no_reference():
    agent = AgentDouble()
    agent.open("enrolment")
    agent.consent()
    agent.register()
    agent.claim()
    agent.capture()
    agent.capture()
    agent.camera = AgentDouble("bob").camera
    assert agent.capture().json() == {"state": "try_again", "attempts_left": 4}
    assert agent.get().json()["captures_done"] == 0
    assert not EnrolmentSample.objects.exists()
    assert not SubjectKey.objects.exists()


def test_an_enrolment_leaves_one_key_one_reference_and_a_signed_consent():
    agent = AgentDouble()
    agent.enrol()
    assert not EnrolmentSample.objects.exists()
    assert SubjectKey.objects.count() == BiometricReference.objects.count() == 1
    receipt = ConsentReceipt.objects.get()
    assert receipt.text_sha256
    assert receipt.signed.count(".") == 2


def test_the_camera_stays_closed_without_consent():
    agent = AgentDouble()
    agent.open("enrolment")
    agent.register()
    response = agent.claim()
    assert response.status_code == 409
    assert response.json()["code"] == "consent_needed"


class Recorder(SimulatedEngine):
    """Remembers what must never be found again: images, features and scores."""

    canaries: ClassVar[set[bytes]] = set()

    def observe(self, sample):
        observations = super().observe(sample)
        for frame, one in zip(sample.frames, observations, strict=True):
            self.canaries.update({frame.jpeg, one.features.vector.tobytes()[:16]})
        return observations

    def compare(self, probe, reference):
        score = super().compare(probe, reference)
        self.canaries.update(
            {f"{score:.6f}".encode(), probe.vector.tobytes()[:16], reference.vector.tobytes()[:16]}
        )
        return score


def test_no_frame_feature_or_score_is_found_in_answers_rows_cache_or_logs(monkeypatch, caplog):
    caplog.set_level(logging.DEBUG)
    engine = Recorder()
    monkeypatch.setattr(views, "load_engine", lambda *_: engine)
    agent = AgentDouble()
    agent.enrol()
    agent.reach_claimed()
    answers = [agent.capture(still=True), agent.capture(), agent.get()]
    agent.open("enrolment", session_level=3)
    agent.consent()
    agent.claim()
    answers.append(agent.capture())  # leaves a sealed sample under way
    assert EnrolmentSample.objects.count() == 1
    haystack = b"".join(answer.content for answer in answers) + caplog.text.encode()
    haystack += repr(getattr(cache, "_cache", {})).encode()
    for model in apps.get_app_config("biometric_auth").get_models():
        for row in model._default_manager.values_list():
            haystack += b"".join(
                bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                for value in row
            )
    assert len(engine.canaries) > 50
    assert not [canary for canary in engine.canaries if canary in haystack]


def test_an_authentication_capture_needs_few_queries(django_assert_max_num_queries):
    agent = AgentDouble()
    agent.enrol()
    agent.reach_claimed()
    agent.ask_challenge()
    message = agent.message()
    with django_assert_max_num_queries(14, connection=connections["biometric"]) as seen:
        assert agent.send(message).json()["state"] == "matched"
    assert len(seen) >= 8
