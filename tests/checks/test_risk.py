"""R-5.1-1: no deployment without a signed risk record that is current and covers what runs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from idp.authentication import profiles, risk_records
from idp.authentication.risk_records import RecordError
from idp.checks import risk
from idp.models import RiskRecord, SecurityEvent
from tests.checks.conftest import said
from tests.idp.profiles import put_into_force

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])


def a_draft(**fields):
    """Return a record that ann has written."""
    record = RiskRecord(
        **{
            "protects": "Payments of up to 5,000 a day.",
            "impact": "The bank bears the loss; people lose trust.",
            "application_model": "server",
            "workflows": "same device",
            "target_level": 3,
            "residual_risks": "Injected frames. Carried by the head of payments.",
            "review_on": timezone.now().date() + timedelta(days=365),
        }
        | fields
    )
    risk_records.draft(record, by="ann")
    return record


def a_record_in_force(**fields):
    """Return a record that ben has approved."""
    record = a_draft(**fields)
    risk_records.approve(record_id=record.pk, by="ben")
    return RiskRecord.objects.get(pk=record.pk)


def test_a_deployment_needs_a_record_that_holds(deployment):
    assert said(risk.check_risk_record) == ["idp.E034"]
    a_draft()
    assert said(risk.check_risk_record) == ["idp.E034"], "nobody has approved it"
    a_record_in_force()
    assert said(risk.check_risk_record) == []


def test_a_record_holds_until_its_day(deployment):
    record = a_record_in_force(review_on=timezone.now().date())
    assert said(risk.check_risk_record) == []
    RiskRecord.objects.all().delete()
    record.review_on -= timedelta(days=1)
    risk_records._sign(record)
    record.save(force_insert=True)
    assert said(risk.check_risk_record) == ["idp.E035"]


def test_the_record_covers_the_profile_in_force(deployment):
    put_into_force()
    profiles.forget()
    a_record_in_force(accept_self_tested_pad=True)
    assert said(risk.check_risk_record) == ["idp.E036"]
    a_record_in_force(accept_self_tested_pad=True, accept_browser_capture=True)
    assert said(risk.check_risk_record) == []


@pytest.mark.parametrize("changed", [{"accept_browser_capture": True}, {"approved_by": "cleo"}])
def test_a_record_that_was_changed_in_the_database_is_none(deployment, changed):
    a_record_in_force()
    RiskRecord.objects.update(**changed)
    assert said(risk.check_risk_record) == ["idp.E034"]


def test_the_next_record_replaces_it_and_both_are_told_of():
    first, second = a_record_in_force(), a_record_in_force()
    states = RiskRecord.objects.order_by("pk").values_list("pk", "state")
    assert list(states) == [(first.pk, "superseded"), (second.pk, "active")]
    told = SecurityEvent.objects.filter(kind__startswith="risk_record").order_by("pk")
    kinds = list(told.values_list("kind", flat=True))
    assert kinds == ["risk_record.drafted", "risk_record.approved"] * 2


def test_the_author_does_not_approve():
    with pytest.raises(RecordError, match="author"):
        risk_records.approve(record_id=a_draft().pk, by="ann")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"impact": "None."}, "not what its author signed"),
        ({"state": "withdrawn"}, "not a draft"),
        ({"state": "superseded", "approved_by": "cleo"}, "not a draft"),
    ],
)
def test_only_what_the_author_signed_is_approved(changes, why):
    record = a_draft()
    RiskRecord.objects.update(**changes)
    with pytest.raises(RecordError, match=why):
        risk_records.approve(record_id=record.pk, by="ben")


def test_a_record_of_yesterday_is_not_approved():
    record = a_draft(review_on=timezone.now().date() - timedelta(days=1))
    with pytest.raises(RecordError, match="review date"):
        risk_records.approve(record_id=record.pk, by="ben")


def test_only_a_draft_is_withdrawn():
    record = a_draft()
    risk_records.withdraw(record_id=record.pk, by="ann")
    with pytest.raises(RecordError):
        risk_records.withdraw(record_id=record.pk, by="ann")
