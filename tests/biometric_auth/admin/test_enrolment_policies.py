"""R-9.1-5: a draft is written here, and approved here by somebody else."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from biometric_auth.models import EnrolmentPolicy
from biometric_auth.services import enrolment_policy
from tests.biometric_auth.policies import agreed, in_force

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
LIST = "admin:biometric_auth_enrolmentpolicy_changelist"
ADD = "admin:biometric_auth_enrolmentpolicy_add"
FORM = {
    "session_level": "3",
    "captures": "4",
    "attempts": "5",
    "cooling_off": "1 00:00:00",
    "challenge_lifetime": "60",
    "transaction_lifetime": "900",
    "reference_review_age": "365 00:00:00",
    "reference_lifetime": "1095 00:00:00",
    "application_model": "server",
    "device_kinds": '["jws"]',
    "consent_text": "Agreed.",
}


def browser_of(name, **fields):
    person = get_user_model().objects.create_user(
        name, f"{name}@example.org", "pw", **({"is_staff": True, "is_superuser": True} | fields)
    )
    browser = Client()
    browser.force_login(person)
    return browser


@pytest.fixture
def ann():
    return browser_of("ann")


@pytest.fixture
def ben():
    return browser_of("ben")


def act(browser, action, row):
    form = {"action": action, "_selected_action": [str(row.pk)]}
    return browser.post(reverse(LIST), form, follow=True).content.decode()


def page(browser, row):
    url = reverse("admin:biometric_auth_enrolmentpolicy_change", args=[row.pk])
    return browser.get(url).content.decode()


def draft_of(browser):
    response = browser.post(reverse(ADD), FORM)
    assert response.status_code == 302, response.context["errors"]
    return EnrolmentPolicy.objects.first()


def test_what_is_saved_is_a_draft_that_changes_nothing_yet(ann):
    assert ann.get(reverse(ADD)).status_code == 200
    row = draft_of(ann)
    assert (row.version, row.state, row.created_by) == (2, "draft", "ann")
    assert enrolment_policy.active().version == 1


def test_the_author_cannot_approve_and_is_told_so(ann):
    row = draft_of(ann)
    assert "The author of a draft cannot approve it." in page(ann, row)
    assert 'value="approve"' not in page(ann, row)
    assert "cannot approve" in act(ann, "approve", row)
    row.refresh_from_db()
    assert row.state == "draft"


def test_another_person_approves_and_it_comes_into_force(ann, ben):
    row = draft_of(ann)
    assert 'value="approve"' in page(ben, row)
    act(ben, "approve", row)
    assert "Approved by ben." in page(ann, row)
    act(ann, "activate", row)
    assert (enrolment_policy.active().version, enrolment_policy.active().captures) == (2, 4)


def test_the_page_says_in_words_what_would_change(ann, ben):
    text = page(ben, draft_of(ann))
    assert "Captures: 3 becomes 4." in text
    assert "Consent text gains: “Agreed.”" in text
    assert "1 more approval needed" in text


def test_an_older_version_is_drafted_again_and_needs_two(ann, ben):
    first = enrolment_policy.active()
    in_force(captures=4)
    assert "Draft this content again" in page(ann, first)
    act(ann, "restore", first)
    row = EnrolmentPolicy.objects.first()
    assert "2 more approvals needed" in page(ben, row)
    assert "Takes up the content of version 1 again." in page(ben, row)
    act(ben, "approve", row)
    assert "is not approved any more" in act(ben, "activate", row)
    act(browser_of("cat"), "approve", row)
    act(ben, "activate", row)
    assert enrolment_policy.active().version == 3


def test_a_draft_that_was_changed_outside_is_shown_as_such(ann, ben):
    row = draft_of(ann)
    EnrolmentPolicy.objects.filter(pk=row.pk).update(captures=8)
    assert "does not hold" in page(ben, row)
    assert "not what was signed" in act(ben, "approve", row)
    act(ben, "withdraw", row)
    row.refresh_from_db()
    assert row.state == "withdrawn"


def test_approving_is_a_permission_of_its_own():
    row = agreed(approvers=(), captures=4)
    reader = browser_of("reader", is_superuser=False)
    person = get_user_model().objects.get(username="reader")
    for name in ("view_enrolmentpolicy", "add_enrolmentpolicy"):
        person.user_permissions.add(Permission.objects.get(codename=name))
    act(reader, "approve", row)
    row.refresh_from_db()
    assert row.state == "draft"
    person.user_permissions.add(Permission.objects.get(codename="approve_enrolmentpolicy"))
    act(reader, "approve", row)
    row.refresh_from_db()
    assert row.state == "approved"


def test_a_version_is_never_edited_or_deleted(ann):
    row = draft_of(ann)
    for name in ("change", "delete"):
        url = reverse(f"admin:biometric_auth_enrolmentpolicy_{name}", args=[row.pk])
        assert ann.post(url, FORM | {"post": "yes"}).status_code == 403


def test_what_no_rule_could_work_with_is_not_drafted(ann):
    enrolment_policy.active()
    assert ann.post(reverse(ADD), {"captures": "1"}).status_code == 200
    assert EnrolmentPolicy.objects.count() == 1
