"""OpenID Connect Core 3.1.2.4, 11; OIDC.md B9, G1, G7: what a person allowed, and takes back."""

from __future__ import annotations

import re

import pytest

from idp.models import Consent, SecurityEvent
from tests.factories import a_client
from tests.idp.relying_party import RelyingParty, answer, signed_in_browser

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
PAGE = "/account/applications/"


def take_back(browser, page):
    """Press the only button of the page, with its own token."""
    browser.handler.enforce_csrf_checks = True
    content = page.content.decode()
    token = content.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    action = re.search(r'action="(/account/applications/\d+/take-back)"', content)[1]
    return browser.post(action, {"csrfmiddlewaretoken": token})


def test_the_page_says_who_has_what_in_plain_words(rp, browser):
    rp.tokens(browser)
    page = browser.get(PAGE)
    content = page.content.decode()
    assert 'data-page="applications"' in content
    assert "Demo Bank" in content
    assert "Access while you are away, until you take it back" in content
    assert page["Cache-Control"].startswith("max-age=0")
    assert 'href="/account/applications/"' in browser.get("/account/").content.decode()


def test_b09_taking_back_ends_every_token_and_the_client_asks_again(rp, browser):
    first, second = rp.tokens(browser), rp.tokens(browser, scope="openid")
    assert take_back(browser, browser.get(PAGE))["Location"] == PAGE
    for tokens in (first, second):
        assert rp.introspect(tokens["access_token"]) == {"active": False}
        assert rp.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert answer(rp.authorize(browser, prompt="none"))["error"] == "consent_required"
    event = SecurityEvent.objects.get(kind="consent.withdrawn")
    assert event.subject == browser.session_row.user.subject
    assert event.client_id == rp.row.client_id
    assert "Demo Bank" not in browser.get(PAGE).content.decode()


def test_b09_a_code_that_waits_is_no_longer_good(rp, browser):
    code = rp.code(browser)
    take_back(browser, browser.get(PAGE))
    assert rp.redeem(code).json()["error"] == "invalid_grant"


def test_other_people_and_other_applications_keep_what_they_have(rp, browser):
    other, another = signed_in_browser(), RelyingParty(a_client(name="Another"))
    mine, theirs = rp.tokens(browser), rp.tokens(other)
    elsewhere = another.tokens(browser)
    consent = Consent.objects.get(user=browser.session_row.user, client=rp.row)
    other.post(f"{PAGE}{consent.pk}/take-back")
    assert rp.introspect(mine["access_token"])["active"] is True
    browser.post(f"{PAGE}{consent.pk}/take-back")
    assert rp.introspect(mine["access_token"]) == {"active": False}
    assert rp.introspect(theirs["access_token"])["active"] is True
    assert another.introspect(elsewhere["access_token"])["active"] is True


def test_g1_nothing_is_taken_back_by_a_forged_form(rp, browser):
    rp.tokens(browser)
    browser.handler.enforce_csrf_checks = True
    consent = Consent.objects.get()
    assert browser.post(f"{PAGE}{consent.pk}/take-back").status_code == 403
    assert browser.get(f"{PAGE}{consent.pk}/take-back").status_code == 405
    assert Consent.objects.count() == 1


def test_both_need_a_session(client):
    for response in (client.get(PAGE), client.post(f"{PAGE}1/take-back")):
        assert response["Location"] == f"/account/sign-in?next={PAGE}"


def test_g7_what_an_application_calls_itself_is_escaped(browser):
    rp = RelyingParty(a_client(name="<script>alert(1)</script>", client_uri="javascript:alert(1)"))
    rp.tokens(browser)
    content = browser.get(PAGE).content.decode()
    assert "<script>alert" not in content
    assert "javascript:" not in content
    assert "&lt;script&gt;" in content


def test_nothing_allowed_is_said_in_words(browser):
    assert "have not allowed any application" in browser.get(PAGE).content.decode()
