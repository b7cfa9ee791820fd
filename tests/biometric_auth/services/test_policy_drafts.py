"""R-9.1-5, R-9.1-2: versions of the enrolment policy, agreed, signed and monotonic."""

from __future__ import annotations

from collections import Counter

import pytest

from biometric_auth.domain.errors import PolicyRefused, PolicyUnusable
from biometric_auth.integrations.idp import RemoteFace
from biometric_auth.models import EnrolmentPolicy, SecurityEvent
from biometric_auth.services import enrolment_policy, policy_drafts
from idp.contract import Subject
from tests.biometric_auth.agent_double import AgentDouble
from tests.biometric_auth.policies import agreed, in_force
from tests.biometric_auth.services.test_single_use import at_once

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])


def row(policy):
    return EnrolmentPolicy.objects.filter(pk=policy.pk)


def test_a_draft_is_in_force_when_another_person_has_agreed():
    first = enrolment_policy.active()
    draft = policy_drafts.draft(values={"captures": 4, "consent_text": "New."}, by="ann")
    assert (draft.version, draft.state) == (2, "draft")
    assert policy_drafts.approve(policy_id=draft.pk, by="ben").approvers == ["ben"]
    assert enrolment_policy.active().pk == first.pk
    policy_drafts.activate(policy_id=draft.pk, by="ann")
    assert enrolment_policy.active().captures == 4
    assert row(first).get().state == "superseded"
    kinds = [event.kind for event in SecurityEvent.objects.order_by("pk")]
    assert kinds == [
        "enrolment_policy_drafted",
        "enrolment_policy_approved",
        "enrolment_policy_activated",
    ]


def test_the_author_never_approves():
    draft = agreed(author="ann", approvers=(), captures=4)
    with pytest.raises(PolicyRefused, match="author"):
        policy_drafts.approve(policy_id=draft.pk, by="ann")
    with pytest.raises(PolicyRefused):
        policy_drafts.activate(policy_id=draft.pk, by="ben")


def test_a_rollback_takes_a_new_version_and_two_others():
    first = enrolment_policy.active()
    in_force(captures=4)
    again = policy_drafts.restore(policy_id=first.pk, by="ann")
    assert (again.version, again.restores_id) == (3, first.pk)
    policy_drafts.approve(policy_id=again.pk, by="ben")
    with pytest.raises(PolicyRefused):
        policy_drafts.activate(policy_id=again.pk, by="ann")
    with pytest.raises(PolicyRefused, match="already"):
        policy_drafts.approve(policy_id=again.pk, by="ben")
    policy_drafts.approve(policy_id=again.pk, by="cat")
    policy_drafts.activate(policy_id=again.pk, by="ann")
    assert (enrolment_policy.active().version, enrolment_policy.active().captures) == (3, 3)
    event = SecurityEvent.objects.get(kind="enrolment_policy_restored")
    assert event.details == {"version": "3", "by": "ann", "restores": "1"}


def test_an_older_content_written_by_hand_is_a_rollback_too():
    first = enrolment_policy.active()
    in_force(captures=4)
    assert agreed(approvers=("ben",)).restores_id == first.pk


def test_what_was_never_in_force_is_not_restored():
    draft = agreed(captures=4)
    with pytest.raises(PolicyRefused):
        policy_drafts.restore(policy_id=draft.pk, by="ann")


def test_a_draft_older_than_the_version_in_force_stays_outside():
    early, late = agreed(captures=4), agreed(captures=5)
    policy_drafts.activate(policy_id=late.pk, by="ann")
    with pytest.raises(PolicyRefused, match="newer"):
        policy_drafts.activate(policy_id=early.pk, by="ann")
    assert enrolment_policy.active().captures == 5


def test_a_withdrawn_draft_ends_there():
    draft = agreed(captures=4)
    policy_drafts.withdraw(policy_id=draft.pk, by="ann")
    for step in (policy_drafts.approve, policy_drafts.activate, policy_drafts.withdraw):
        with pytest.raises(PolicyRefused):
            step(policy_id=draft.pk, by="ben")


@pytest.mark.parametrize(
    "change",
    [
        {"captures": 8},
        {"session_level": 0},
        {"consent_text": "Anything."},
        {"version": 9},
        {"created_by": "somebody"},
        {"approved_by": "somebody"},
        {"signature": "no.signature.atall"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_policy_that_was_changed_in_the_database_is_not_used(change):
    policy = in_force(captures=4)
    row(policy).update(**change)
    with pytest.raises(PolicyUnusable):
        enrolment_policy.active()


def test_a_change_between_approval_and_force_is_found():
    draft = agreed(captures=4)
    row(draft).update(captures=8)
    with pytest.raises(PolicyRefused, match="not what was signed"):
        policy_drafts.activate(policy_id=draft.pk, by="ann")


def test_a_draft_that_the_database_calls_active_is_not_used():
    first, draft = enrolment_policy.active(), agreed(approvers=(), captures=4)
    row(first).update(state="superseded")
    row(draft).update(state="active", approved_by="ben")
    with pytest.raises(PolicyUnusable):
        enrolment_policy.active()


def test_an_older_version_that_the_database_calls_active_is_not_used():
    first = enrolment_policy.active()
    policy = in_force(captures=4)
    row(policy).update(state="superseded")
    row(first).update(state="active")
    with pytest.raises(PolicyUnusable):
        enrolment_policy.active()


def test_a_new_version_that_two_agree_on_mends_a_broken_one():
    policy = in_force(captures=4)
    row(policy).update(captures=8)
    draft = policy_drafts.draft(values={"captures": 5, "consent_text": "New."}, by="ann")
    policy_drafts.approve(policy_id=draft.pk, by="ben")
    policy_drafts.activate(policy_id=draft.pk, by="ann")
    assert enrolment_policy.active().captures == 5


class TestWithoutATrustedPolicy:
    """R-9.1-2: the biometric way closes, in its ordinary shapes; nothing else changes."""

    @pytest.fixture
    def agent(self):
        agent = AgentDouble()
        agent.enrol()
        agent.reach_claimed()
        return agent

    @staticmethod
    def tamper():
        EnrolmentPolicy.objects.update(captures=8)

    def test_face_is_not_offered(self, agent):
        assert RemoteFace().potential(Subject("sub-alice", "Alice")) is not None
        self.tamper()
        assert RemoteFace().potential(Subject("sub-alice", "Alice")) is None

    def test_a_running_capture_is_refused_like_any_other(self, agent):
        agent.ask_challenge()
        message = agent.message()
        self.tamper()
        assert agent.send(message).json() == {"state": "try_again", "attempts_left": 4}

    def test_no_challenge_is_issued(self, agent):
        self.tamper()
        answer = agent.post("challenge")
        assert (answer.status_code, answer.json()["code"]) == (503, "policy_unusable")

    def test_metadata_is_a_problem_and_no_crash(self, agent, client):
        self.tamper()
        answer = client.get("/.well-known/biometric-authentication")
        assert (answer.status_code, answer.json()["code"]) == (503, "policy_unusable")


@pytest.mark.postgres
@pytest.mark.django_db(databases=["default", "biometric"], transaction=True)
class TestAtOnce:
    def test_of_twenty_approvals_by_one_person_one_counts(self):
        enrolment_policy.active()
        in_force(captures=4)
        draft = agreed(author="ann", approvers=())

        def approve(_):
            try:
                return policy_drafts.approve(policy_id=draft.pk, by="ben").state
            except PolicyRefused:
                return "refused"

        assert Counter(at_once(approve)) == {"draft": 1, "refused": 19}
        assert row(draft).get().approvers == ["ben"]

    def test_of_twenty_versions_activated_at_once_the_newest_that_came_stays(self):
        drafts = [agreed(captures=4, attempts=1 + number % 10) for number in range(20)]

        def activate(number):
            try:
                return policy_drafts.activate(policy_id=drafts[number].pk, by="ann").version
            except PolicyRefused:
                return 0

        versions = at_once(activate)
        assert enrolment_policy.active().version == max(versions)
        assert EnrolmentPolicy.objects.filter(state="active").count() == 1

    def test_twenty_drafts_at_once_get_twenty_versions(self):
        enrolment_policy.active()
        made = at_once(
            lambda n: policy_drafts.draft(values={"consent_text": f"{n}"}, by="ann").version
        )
        assert sorted(made) == list(range(2, 22))
