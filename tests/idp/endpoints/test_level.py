"""R-B-7, R-B-8: the person reads why their level is what it is; no scores, no refusals."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone

from idp.contract import Evidence
from idp.models import AuthenticationEvent
from tests.factories import a_person, an_event
from tests.idp.endpoints.stub_face import StubFace
from tests.idp.evidence import FACE, PASSKEY
from tests.idp.relying_party import signed_in_browser

PAGE = "/account/level/"


def read(browser, **headers):
    response = browser.get(PAGE, **headers)
    assert response.status_code == 200
    assert response["Cache-Control"].startswith("max-age=0")
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def browser(_provider):
    return signed_in_browser(a_person(username="alice"))


def test_it_says_what_the_level_rests_on_and_what_would_raise_it(browser):
    StubFace.enrolled = {browser.session_row.user.subject}
    said = read(browser)
    assert "Why your level is 1" in said
    assert "Password just now level 1 by itself" in said
    assert "Level 3, strong: two factors bound to your device Face verification Confirm" in said
    assert "Self-assessed profile: mapped, not assessed" in said


def test_what_is_not_set_up_is_not_offered(browser):
    said = read(browser)
    assert "None of the ways to sign in that you have set up would raise it now." in said
    assert "add a passkey" in said


def test_a_confirmation_says_its_age_and_what_it_still_gives(browser):
    AuthenticationEvent.objects.update(at=timezone.now() - timedelta(minutes=10, seconds=5))
    an_event(browser.session_row, method="passkey", evidence=PASSKEY, amr=[])
    said = read(browser)
    assert "Why your level is 3" in said
    assert "Passkey just now level 3 by itself" in said
    assert "Password 10 minutes ago level 1 by itself" in said


def test_what_fades_is_said_to(browser):
    at = timezone.now() - timedelta(hours=9)
    AuthenticationEvent.objects.update(at=at)
    said = read(browser)
    assert "Why your level is 0" in said
    assert "too long ago to count" in said
    assert "Until" not in said
    AuthenticationEvent.objects.update(at=at + timedelta(hours=2))
    until = f"{at + timedelta(hours=10):%H:%M} UTC, if you do not confirm again."
    assert until in read(browser)


def test_a_face_alone_counts_beside_something_else(browser):
    alone = Evidence(remote_match=1, intent=1)
    an_event(browser.session_row, method="face", evidence=alone, amr=["face"])
    assert "Face verification just now counts beside another way to sign in" in read(browser)


def test_nothing_is_offered_above_the_highest(browser):
    best = Evidence(possession=3, knowledge=1, channel=2, intent=1, enrolment=4)
    an_event(browser.session_row, method="passkey", evidence=best, amr=[])
    said = read(browser)
    assert "Why your level is 4" in said
    assert "add a passkey" not in said
    assert "None of the ways" not in said


def test_no_number_of_the_evidence_is_shown(browser):
    an_event(browser.session_row, method="face", evidence=FACE, amr=["face"])
    said = read(browser).lower()
    for word in ("8e-05", "fmr", "pad", "iad", "grade", "score", "refused"):
        assert not re.search(rf"\b{word}\b", said)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "Warum Ihre Stufe 1 ist"),
        ("fr", "Pourquoi votre niveau est 1"),
    ],
)
def test_it_speaks_the_person_s_language(browser, language, words):
    assert words in read(browser, headers={"accept-language": language})


@pytest.mark.usefixtures("_provider")
def test_whoever_is_not_signed_in_signs_in_first():
    assert Browser().get(PAGE)["Location"] == f"/account/sign-in?next={PAGE}"


def test_the_account_page_leads_there(browser):
    assert f'href="{PAGE}"' in browser.get("/account/").content.decode()
