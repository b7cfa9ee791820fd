"""R-6.2.5-2, R-9.5-4, T-8.4-02: of many at once, one wins. Real threads, real locks."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from django.db import connections

from biometric_auth.models import BiometricReference, Device, Transaction, VerificationRecord
from biometric_auth.services import enrolment_policy, lifecycle, transaction
from tests.biometric_auth.agent_double import AgentDouble

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(databases=["default", "biometric"], transaction=True),
]
MANY = 20


def at_once(call, times=MANY):
    """Call `call(number)` in as many threads at the same moment; return what they said."""
    barrier, said = threading.Barrier(times), []

    def run(number):
        barrier.wait()
        try:
            said.append(call(number))
        except Exception as error:  # noqa: BLE001 - counted like any other answer
            said.append(type(error).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def _twin(agent):
    """Another connection of the same browser: its own client, the same cookie."""
    twin = AgentDouble(subject=agent.subject)
    twin.http.cookies.update(agent.http.cookies)
    twin.browser, twin.key, twin.device, twin.handle = (
        agent.browser,
        agent.key,
        agent.device,
        agent.handle,
    )
    return twin


@pytest.fixture
def agent():
    double = AgentDouble()
    double.enrol()
    return double


def test_of_twenty_posts_of_one_capture_one_is_judged(agent):
    agent.reach_claimed()
    agent.ask_challenge()
    message = agent.message()
    twins = [_twin(agent) for _ in range(MANY)]
    states = Counter(at_once(lambda number: twins[number].send(message).json()["state"]))
    assert states["matched"] == 1
    assert set(states) <= {"matched", "refused", "try_again"}
    assert VerificationRecord.objects.filter(purpose="authentication").count() == 1
    assert Transaction.objects.get(pk=agent.handle).attempts_left == 5


def test_of_twenty_collections_one_gets_the_result(agent):
    agent.reach_claimed()
    receipt = agent.capture().json()["continue_to"].partition("receipt=")[2]
    got = at_once(lambda _: transaction.collect(handle=agent.handle, receipt=receipt) is not None)
    assert Counter(got) == {True: 1, False: MANY - 1}


def test_of_twenty_posts_of_one_claim_one_is_taken(agent):
    agent.open()
    nonce = agent.post("claim", {"device": agent.device}).json()["nonce"]
    statement = agent.sign({"txn": agent.handle, "nonce": nonce}, typ="countersign-claim+jwt")
    body = {"device": agent.device, "proof": {"type": "jws", "jws": statement}}
    twins = [_twin(agent) for _ in range(MANY)]
    statuses = Counter(at_once(lambda number: twins[number].post("claim", body).status_code))
    assert statuses[200] == 1
    assert set(statuses) <= {200, 403, 409}


def test_of_twenty_posts_of_one_registration_one_device_is_bound():
    agent = AgentDouble()
    agent.open("enrolment")
    asked = agent.post("devices/options", {"type": "jws", "name": "x"}).json()
    answer = {
        "registration": asked["registration"],
        "jwk": agent.key.as_dict(private=False),
        "proof": agent.sign(
            {"txn": agent.handle, "nonce": asked["nonce"]}, typ="countersign-device+jwt"
        ),
    }
    twins = [_twin(agent) for _ in range(MANY)]
    statuses = Counter(at_once(lambda number: twins[number].post("devices", answer).status_code))
    assert statuses == {201: 1, 403: MANY - 1}
    assert Device.objects.count() == 1


def test_of_twenty_consents_one_receipt_is_written():
    agent = AgentDouble()
    agent.open("enrolment")
    twins = [_twin(agent) for _ in range(MANY)]
    statuses = Counter(at_once(lambda number: twins[number].consent().status_code))
    assert statuses == {204: 1, 409: MANY - 1}


def test_of_twenty_erasures_one_erases(agent):
    (reference_id,) = lifecycle.revoke(subject="sub-alice", reason="withdrawn")
    got = at_once(lambda _: lifecycle.erase(reference_id=reference_id))
    assert Counter(got) == {True: 1, False: MANY - 1}


def test_a_denial_and_a_capture_at_once_leave_one_end(agent):
    agent.reach_claimed()
    agent.ask_challenge()
    message, twins = agent.message(), [_twin(agent), _twin(agent)]
    calls = [lambda: twins[0].send(message).json(), lambda: twins[1].post("deny").json()]
    at_once(lambda number: calls[number](), times=2)
    row = Transaction.objects.get(pk=agent.handle)
    assert row.state in {"judged", "cancelled"}
    assert bool(row.receipt_sha256) is (row.state == "judged")


def test_two_enrolments_that_end_together_leave_one_usable_reference():
    first, second = AgentDouble(), AgentDouble()
    messages = {}
    for number, double in enumerate((first, second)):
        double.open("enrolment", session_level=3)
        double.consent()
        double.register()
        double.claim()
        double.capture()
        double.capture()
        double.ask_challenge()
        messages[number] = (double, double.message())

    def last_capture(number):
        double, message = messages[number]
        return double.send(message).json()["state"]

    states = Counter(at_once(last_capture, times=2))
    assert states["enrolled"] >= 1
    assert set(states) <= {"enrolled", "try_again"}
    assert BiometricReference.objects.filter(state="active").count() == 1


def test_processes_that_start_together_make_one_first_policy():
    versions = Counter(at_once(lambda _: enrolment_policy.active().version))
    assert versions == {1: MANY}
