"""R-9.1-5: a profile is drafted here, tried on stored evidence, and approved by somebody else."""

from __future__ import annotations

import pytest
from django.test import Client as HttpClient

from idp.authentication import profiles
from idp.models import AssuranceProfile
from idp.protocol.assurance import SELF_ASSESSED
from idp.protocol.evidence_record import Profile
from tests.factories import a_person, a_session, an_event
from tests.idp.admin.pages import act, url
from tests.idp.profiles import put_into_force
from tests.idp.protocol.test_what_if import FACE

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
FORM = {"accept_self_tested_pad": "on", "accept_browser_capture": "on", "reason": "A trial."}


def browser_of(name, **fields):
    browser = HttpClient()
    browser.force_login(
        a_person(**({"username": name, "is_staff": True, "is_superuser": True} | fields))
    )
    return browser


@pytest.fixture
def ann():
    return browser_of("ann")


@pytest.fixture
def ben():
    return browser_of("ben")


def draft_of(browser):
    response = browser.post(url(AssuranceProfile, "add"), FORM)
    assert response.status_code == 302, response.context["errors"]
    return AssuranceProfile.objects.first()


def page(browser, row):
    return browser.get(url(AssuranceProfile, "change", row.pk)).content.decode()


def state_of(row):
    return AssuranceProfile.objects.get(pk=row.pk).state


def test_the_author_drafts_and_cannot_approve(ann):
    assert ann.get(url(AssuranceProfile, "add")).status_code == 200
    row = draft_of(ann)
    assert (row.version, row.created_by) == (2, "ann")
    assert "The author of a draft cannot approve it." in page(ann, row)
    assert 'value="approve"' not in page(ann, row)
    act(ann, AssuranceProfile, "approve", row)
    assert state_of(row) == "draft"


def test_whoever_approves_reads_what_it_would_change(ann, ben):
    session = a_session()
    an_event(session, method="face", evidence=FACE.evidence)
    text = page(ben, draft_of(ann))
    assert "Of the last 3 authentications 1 would change level." in text
    assert "1 from level 2 to level 3." in text
    assert "A camera in a browser begins to count." in text
    assert 'value="approve"' in text


def test_with_another_persons_approval_it_comes_into_force(ann, ben):
    row = draft_of(ann)
    act(ben, AssuranceProfile, "approve", row)
    act(ann, AssuranceProfile, "activate", row)
    profiles.forget()
    assert profiles.in_force() == Profile(2, SELF_ASSESSED)
    assert "Put into force by ann" in page(ben, row)


def test_older_rules_are_drafted_again_and_need_two(ann, ben):
    put_into_force()
    first = AssuranceProfile.objects.get(version=1)
    act(ann, AssuranceProfile, "restore", first)
    row = AssuranceProfile.objects.first()
    assert "2 more approvals needed" in page(ben, row)
    act(ben, AssuranceProfile, "approve", row)
    assert state_of(row) == "draft"
    act(browser_of("cat"), AssuranceProfile, "approve", row)
    assert state_of(row) == "approved"


def test_a_changed_row_is_shown_as_such(ann, ben):
    row = draft_of(ann)
    AssuranceProfile.objects.filter(pk=row.pk).update(reason="Anything.")
    assert "does not hold" in page(ben, row)
    act(ben, AssuranceProfile, "approve", row)
    assert state_of(row) == "draft"
    act(ben, AssuranceProfile, "withdraw", row)
    assert state_of(row) == "withdrawn"


def test_a_version_is_never_edited_or_deleted(ann):
    row = draft_of(ann)
    for name in ("change", "delete"):
        answer = ann.post(url(AssuranceProfile, name, row.pk), FORM | {"post": "yes"})
        assert answer.status_code == 403
