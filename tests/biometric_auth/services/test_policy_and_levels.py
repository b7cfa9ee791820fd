"""R-9.1-5, R-9.2-10, R-9.2-15: versions of the policy, session level, cooling-off, retry limits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from biometric_auth.domain import retry_limit
from biometric_auth.domain.errors import SessionTooWeak
from biometric_auth.models import EnrolmentPolicy, RetryLimit, Transaction
from biometric_auth.services import enrolment_policy, retry
from tests.biometric_auth.agent_double import AgentDouble
from tests.biometric_auth.policies import in_force

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.django_db(databases=["default", "biometric"])
class TestEnrolmentPolicy:
    def test_the_first_version_comes_from_the_settings_once(self):
        first = enrolment_policy.active()
        assert first.version == 1
        assert enrolment_policy.active().pk == first.pk
        assert EnrolmentPolicy.objects.count() == 1

    def test_a_transaction_keeps_the_version_it_began_with(self):
        agent = AgentDouble()
        agent.open("enrolment")
        in_force(captures=4)
        assert agent.get().json()["captures_needed"] == 3


@pytest.mark.django_db(databases=["default", "biometric"])
class TestSessionLevel:
    def test_enrolment_needs_the_policys_level(self):
        agent = AgentDouble()
        with pytest.raises(SessionTooWeak) as raised:
            agent.open("enrolment", session_level=1)
        assert raised.value.level == 2
        assert not Transaction.objects.exists()

    def test_replacing_a_face_needs_the_level_that_the_face_gives(self):
        agent = AgentDouble()
        agent.enrol()
        with pytest.raises(SessionTooWeak) as raised:
            agent.open("enrolment")
        assert raised.value.level == 3

    def test_an_enrolment_begun_before_the_face_was_there_cannot_replace_it(self):
        """R-9.2-15: a thief of the password waits with an open enrolment for its owner's."""
        thief, owner = AgentDouble("mallory"), AgentDouble()
        thief.open("enrolment")
        thief.consent()
        thief.register()
        owner.enrol()
        asked = thief.post("devices/options", {"type": "jws", "name": "another"})
        assert asked.status_code == 409, "and no other device now"
        thief.claim()
        states = [thief.capture().json()["state"] for _ in range(3)]
        assert states == ["next_capture", "next_capture", "try_again"]
        owner.reach_claimed()
        assert owner.capture().json()["state"] == "matched"

    @pytest.mark.parametrize(("level", "cooling_off", "grade"), [(2, 1, 1), (3, 0, 2)])
    def test_a_confirmed_session_spares_the_cooling_off(self, level, cooling_off, grade):
        agent = AgentDouble()
        agent.enrol(session_level=level)
        agent.reach_claimed()
        agent.capture()
        result = Transaction.objects.get(pk=agent.handle).result
        assert (result["cooling_off"], result["enrolment"]) == (cooling_off, grade)


@pytest.mark.django_db(databases=["default", "biometric"])
class TestRetryLimit:
    def test_failures_count_across_transactions_and_stop_even_the_right_face(self):
        agent = AgentDouble()
        agent.enrol()
        for _ in range(5):
            agent.reach_claimed()
            agent.capture(still=True)
        agent.reach_claimed()
        assert agent.capture().json() == {"state": "try_again", "attempts_left": 4}
        assert RetryLimit.objects.get().failures == 5

    def test_after_the_wait_the_right_face_opens_it_again(self):
        agent = AgentDouble()
        agent.enrol()
        long_ago = datetime.now(UTC) - timedelta(seconds=31)
        RetryLimit.objects.create(subject="sub-alice", failures=5, last_failure_at=long_ago)
        agent.reach_claimed()
        assert agent.capture().json()["state"] == "matched"
        assert not RetryLimit.objects.exists()

    def test_twenty_failures_turn_it_off_until_it_is_reopened(self):
        long_ago = datetime.now(UTC) - timedelta(days=365)
        RetryLimit.objects.create(subject="sub-alice", failures=20, last_failure_at=long_ago)
        assert retry.is_off(subject="sub-alice")
        retry.reopen(subject="sub-alice")
        assert not retry.is_off(subject="sub-alice")


@pytest.mark.parametrize(
    ("failures", "quality", "seconds", "blocked"),
    [
        pytest.param(4, 0, 0, False, id="before-the-soft-stop"),
        pytest.param(5, 0, 29, True, id="within-the-first-wait"),
        pytest.param(5, 0, 30, False, id="after-the-first-wait"),
        pytest.param(6, 0, 59, True, id="the-wait-doubles"),
        pytest.param(6, 0, 60, False, id="after-the-second-wait"),
        pytest.param(0, 14, 0, False, id="ten-quality-failures-are-free"),
        pytest.param(0, 15, 0, True, id="later-ones-count"),
        pytest.param(20, 0, 10**9, True, id="off"),
    ],
)
def test_waits(failures, quality, seconds, blocked):
    count = retry_limit.counted(failures=failures, quality_failures=quality)
    assert (
        retry_limit.is_blocked(
            count=count, soft_stop=5, last_failure_at=NOW, now=NOW + timedelta(seconds=seconds)
        )
        is blocked
    )
