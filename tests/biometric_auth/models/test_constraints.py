"""STYLE 10; R-9.3-2, R-9.5-2, R-9.2-15: the database refuses what no rule may store."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from biometric_auth.models import Device, EnrolmentPolicy, Transaction
from biometric_auth.services import enrolment_policy
from tests.biometric_auth.agent_double import AgentDouble

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
    enrolment_policy.publish(values={"consent_text": "x"}, by="root")
    assert_refused(lambda: EnrolmentPolicy.objects.filter(pk=first.pk).update(is_active=True))


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
