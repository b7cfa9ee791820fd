"""R-9.4-3, R-9.4-8; RFC 9470: the administration is opened by the provider's session alone."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client as HttpClient
from django.utils import timezone

from idp.authentication import session
from idp.models import AuthenticationEvent
from tests.factories import PASSWORD, a_person, an_event
from tests.idp.evidence import PASSWORD as KNOWLEDGE
from tests.idp.strong_sign_in import CODE, sign_in

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
HOME = "/admin/"
LOA2 = "urn:countersign:acr:loa2"


@pytest.fixture
def ada():
    return a_person(username="ada", is_staff=True, is_superuser=True)


@pytest.fixture
def browser():
    return HttpClient()


def follow(browser, response):
    while response.status_code in {302, 303}:
        response = browser.get(response["Location"])
    return response


def is_open(browser):
    return browser.get(HOME).status_code == 200


def test_a_visitor_signs_in_where_everybody_does(browser, ada):
    to_login = browser.get("/admin/idp/client/?q=bank")
    sent = urlsplit(browser.get(to_login["Location"])["Location"])
    assert sent.path == "/account/sign-in"
    assert parse_qs(sent.query) == {"next": ["/admin/idp/client/?q=bank"], "acr": [LOA2]}
    page = follow(browser, to_login)
    assert 'data-page="login"' in page.content.decode()


def test_the_administration_takes_no_password_itself(browser, ada):
    given = {"username": "ada", "password": PASSWORD}
    assert browser.post("/admin/login/", given).status_code == 303
    assert not browser.cookies.get("countersign_session")
    assert not is_open(browser)


def test_a_session_of_django_opens_nothing(browser, ada):
    browser._login(ada, "django.contrib.auth.backends.ModelBackend")
    assert browser.session["_auth_user_id"] == str(ada.pk)
    assert not is_open(browser)


def test_a_password_alone_leads_to_what_has_to_be_set_up(browser, ada):
    sign_in(browser, ada, evidence=KNOWLEDGE, method="password")
    page = follow(browser, browser.get(HOME))
    assert page.status_code == 403
    text = page.content.decode()
    assert "a confirmation at level 2" in text
    assert 'href="/account/passkeys/"' in text
    assert 'href="/account/code/"' in text
    # Nobody is locked out: with nothing better set up, the password is enough to add a passkey.
    assert 'id="passkey-add"' in browser.get("/account/passkeys/").content.decode()


def test_password_and_code_reach_the_minimum(browser, ada):
    opened = sign_in(browser, ada, evidence=KNOWLEDGE, method="password")
    an_event(opened, method="one_time_code", evidence=CODE)
    assert is_open(browser)


def test_who_does_not_administer_is_told_so(browser):
    sign_in(browser, a_person())
    page = follow(browser, browser.get(HOME))
    assert page.status_code == 403
    assert "This account does not administer" in page.content.decode()


def end(person):
    session.end_all(person)


def leave(person):
    person.is_active = False
    person.save()


def lose_the_role(person):
    person.is_staff = False
    person.save()


def wait(person):
    hour = timedelta(hours=1, seconds=1)
    AuthenticationEvent.objects.filter(session__user=person).update(at=timezone.now() - hour)


@pytest.mark.parametrize("change", [end, leave, lose_the_role, wait])
def test_it_closes_with_the_session_the_person_and_the_evidence(browser, ada, change):
    browser.force_login(ada)
    assert is_open(browser)
    change(ada)
    assert not is_open(browser)


def test_another_person_in_the_browser_takes_the_administration_from_the_first(browser, ada):
    browser.force_login(ada)
    sign_in(browser, a_person())
    assert not is_open(browser)


def test_signing_out_there_is_signing_out_everywhere(browser, ada):
    browser.force_login(ada)
    assert browser.get("/admin/logout/").status_code == 405
    assert is_open(browser)
    assert 'data-page="signed-out"' in browser.post("/admin/logout/").content.decode()
    assert browser.get("/account/").status_code == 303
