"""STYLE 10; R-9.3-2, R-9.5-2, R-9.2-15: the database refuses what no rule may store."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from biometric_auth.models import Device, EnrolmentPolicy, Transaction
from biometric_auth.services import enrolment_policy
from tests.biometric_auth.agent_double import AgentDouble
from tests.biometric_auth.policies import agreed, in_force

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])


def assert_refused(change):
    with pytest.raises(IntegrityError), transaction.atomic(using="biometric"):
        change()


def test_a_challenge_lives_120_seconds_at_most():
    enrolment_policy.active()
    assert_refused(
        lambda: EnrolmentPolicy.objects.update(challenge_lifetime=timedelta(seconds=121))
    )


def test_a_reference_needs_three_captures():
    enrolment_policy.active()
    assert_refused(lambda: EnrolmentPolicy.objects.update(captures=2))


def test_one_policy_is_active():
    first = enrolment_policy.active()
    in_force(captures=4)
    assert_refused(lambda: EnrolmentPolicy.objects.filter(pk=first.pk).update(state="active"))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"approved_by": "ann"}, id="by-the-author"),
        pytest.param({"approved_by": "ben", "confirmed_by": "ben"}, id="twice-by-one"),
        pytest.param({"approved_by": "ben", "confirmed_by": "ann"}, id="second-by-the-author"),
        pytest.param({"confirmed_by": "ben"}, id="the-second-before-the-first"),
        pytest.param({"state": "approved"}, id="approved-by-nobody"),
        pytest.param({"state": "superseded"}, id="superseded-without-approval"),
    ],
)
def test_nobody_approves_a_policy_alone(change):
    row = agreed(author="ann", approvers=(), captures=4)
    assert_refused(lambda: EnrolmentPolicy.objects.filter(pk=row.pk).update(**change))


def test_a_restored_policy_has_two_approvers():
    enrolment_policy.active()
    in_force(captures=4)
    row = agreed(author="ann", approvers=("ben",))
    assert row.restores is not None
    assert_refused(lambda: EnrolmentPolicy.objects.filter(pk=row.pk).update(state="approved"))


def test_a_key_that_may_be_backed_up_never_ranks_above_1():
    AgentDouble().enrol()
    assert_refused(lambda: Device.objects.update(backup_eligible=True, possession=2))


def test_a_challenged_transaction_has_a_challenge():
    AgentDouble().open()
    assert_refused(lambda: Transaction.objects.update(state="challenged"))


@pytest.mark.parametrize(
    "changes",
    [
        {"device_kinds": ["fax"]},
        {"device_kinds": "jws"},
        {"application_model": "down"},
        {"challenge_lifetime": timedelta(seconds=121)},
        {"captures": 2},
        {"session_level": 5},
    ],
)
def test_a_policy_form_refuses_what_no_rule_could_work_with(changes):
    policy = EnrolmentPolicy(consent_text="x", **changes)
    with pytest.raises(ValidationError):
        policy.full_clean(exclude=["version", "created_at"])
