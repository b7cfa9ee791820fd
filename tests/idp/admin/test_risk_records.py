"""R-5.1-1: the risk record in the administration: written by one, approved by another, exported."""

from __future__ import annotations

import json

import pytest

from idp.models import RiskRecord
from tests.idp.admin.pages import act, url
from tests.idp.admin.test_assurance_profiles import browser_of

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
FORM = {
    "protects": "Payments.",
    "impact": "Loss.",
    "application_model": "server",
    "workflows": "same device",
    "target_level": "3",
    "residual_risks": "Injected frames.",
    "review_on": "2099-01-01",
}


def page(browser, row):
    return browser.get(url(RiskRecord, "change", row.pk)).content.decode()


def test_one_writes_another_approves_and_an_auditor_takes_it():
    ann, ben = browser_of("ann"), browser_of("ben")
    assert ann.post(url(RiskRecord, "add"), FORM).status_code == 302
    row = RiskRecord.objects.get()
    assert "The author of a draft cannot approve it" in page(ann, row)
    act(ann, RiskRecord, "approve", row)
    assert RiskRecord.objects.get().state == "draft"
    assert "Approve and put into force" in page(ben, row)
    act(ben, RiskRecord, "approve", row)
    assert RiskRecord.objects.get().state == "active"
    said = json.loads(act(ann, RiskRecord, "export", row).content)["risk_records"]
    assert [(one["author"], one["approver"], one["signature_holds"]) for one in said] == [
        ("ann", "ben", True)
    ]
    assert said[0]["impact"] == "Loss."


def test_a_record_is_never_edited_or_deleted():
    ann = browser_of("ann")
    ann.post(url(RiskRecord, "add"), FORM)
    row = RiskRecord.objects.get()
    assert ann.post(url(RiskRecord, "change", row.pk), FORM).status_code == 403
    assert ann.post(url(RiskRecord, "delete", row.pk), {"post": "yes"}).status_code == 403


def test_a_level_that_does_not_exist_is_refused():
    ann = browser_of("ann")
    ann.post(url(RiskRecord, "add"), FORM | {"target_level": "5"})
    assert not RiskRecord.objects.exists()
