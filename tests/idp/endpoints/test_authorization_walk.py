"""From the first request to code and logout: OpenID Connect Core 3.1.2; OIDC.md A19, G."""

from __future__ import annotations

import pytest
from django.test import Client as HttpClient

from idp.contract import Evidence
from idp.models import Client, Consent, Grant, Interaction
from idp.oauth import clients
from tests.factories import PASSWORD, a_person
from tests.idp.expecting import assert_error, assert_page
from tests.idp.relying_party import (
    RelyingParty,
    answer,
    signed_in_browser,
)

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
LOA = "urn:countersign:acr:loa"


def sign_in(browser, page, person):
    form = {"username": person.username, "password": PASSWORD}
    return browser.post(page, form)


def through_to(browser, response, page):
    """Follow the provider's own redirects until one leads to `page`."""
    while page not in response["Location"]:
        response = browser.get(response["Location"])
    return response["Location"]


def test_from_the_first_request_to_the_code():
    person, rp, browser = a_person(), RelyingParty(), HttpClient()
    login = rp.authorize(browser)["Location"]
    assert 'data-page="login"' in browser.get(login).content.decode()
    consent = through_to(browser, sign_in(browser, login, person), "/consent")
    assert "Demo Bank" in browser.get(consent).content.decode()
    proceed = browser.post(consent, {"answer": "approve"})["Location"]
    assert proceed.endswith("/continue")
    tokens = rp.redeem(answer(browser.get(proceed))["code"]).json()
    _, claims = rp.id_token(tokens)
    assert claims["sub"] == person.subject
    assert claims["acr"] == LOA + "1"
    assert claims["amr"] == ["pwd"]
    assert claims["nonce"] == "the nonce"
    assert Consent.objects.get().user == person
    assert browser.get(proceed).status_code == 410
    assert answer(rp.authorize(browser))["code"]


def test_from_the_sign_in_to_the_logout():
    person, rp, browser = a_person(email="alice@example.org"), RelyingParty(), HttpClient()
    rp.row.skip_consent = True
    rp.row.save()
    response = sign_in(browser, rp.authorize(browser)["Location"], person)
    proceed = through_to(browser, response, "/continue")
    tokens = rp.redeem(answer(browser.get(proceed))["code"]).json()
    found = rp.userinfo(tokens["access_token"]).json()
    assert (found["sub"], found["email"]) == (person.subject, "alice@example.org")
    renewed = rp.refresh(tokens["refresh_token"]).json()
    assert rp.introspect(renewed["access_token"])["sub"] == person.subject
    page = browser.get("/logout", {"id_token_hint": renewed["id_token"]})
    assert 'data-page="signed-out"' in page.content.decode()
    assert answer(rp.authorize(browser, prompt="none"))["error"] == "login_required"


def test_a_denied_consent_goes_back_as_access_denied():
    person, rp, browser = a_person(), RelyingParty(), HttpClient()
    response = sign_in(browser, rp.authorize(browser)["Location"], person)
    consent = through_to(browser, response, "/consent")
    response = browser.post(consent, {"answer": "deny"})
    assert_error(browser.get(response["Location"]), "access_denied")


def test_prompt_login_asks_again_and_then_no_more(rp):
    person = a_person()
    browser = signed_in_browser(person)
    rp.has_consent(browser)
    before = browser.session_row.events.get().at
    response = sign_in(browser, rp.authorize(browser, prompt="login")["Location"], person)
    while "/interaction/" in response["Location"]:
        response = browser.get(response["Location"])
    _, claims = rp.id_token(rp.redeem(answer(response)["code"]).json())
    assert claims["auth_time"] >= int(before.timestamp())
    assert browser.session_row.events.count() == 2


def test_another_browser_cannot_continue(rp):
    browser, person = HttpClient(), a_person()
    response = sign_in(browser, rp.authorize(browser)["Location"], person)
    thief = HttpClient().get(response["Location"])
    assert thief.status_code == 400
    assert "Location" not in thief


def test_an_interaction_of_the_account_pages_continues_there(browser):
    response = browser.get("/account/sign-in?level=3")
    browser.get("/account/sign-in?next=/account/&recent=1")
    found = Interaction.objects.filter(kind="account").first()
    if found is None:
        assert response.status_code == 403
        return
    response = browser.get(f"/interaction/{found.pk}/continue")
    assert response["Location"].startswith("/account/sign-in/")


def test_a_client_deactivated_meanwhile_ends_in_a_page(rp):
    browser, person = HttpClient(), a_person()
    response = sign_in(browser, rp.authorize(browser)["Location"], person)
    rp.row.is_active = False
    rp.row.save()
    clients.forget()
    assert_page(browser.get(response["Location"]))


@pytest.mark.parametrize("ends", ["switched off", "deleted"])
def test_a_client_that_ended_gets_nothing_by_a_consent_page_that_is_still_open(rp, browser, ends):
    page = through_to(browser, rp.authorize(browser), "/consent")
    row = Client.objects.filter(pk=rp.row.pk)
    row.delete() if ends == "deleted" else row.update(is_active=False)
    clients.forget()
    answered = browser.post(page, {"answer": "approve"})
    assert_page(browser.get(answered["Location"]), says="not known")
    assert not Consent.objects.exists()


def test_the_grant_records_how_the_person_authenticated(rp):
    browser = signed_in_browser(evidence=Evidence(knowledge=1))
    rp.code(browser)
    grant = Grant.objects.get()
    assert (grant.acr, grant.amr) == (LOA + "1", ["pwd"])
    assert grant.session == browser.session_row
    assert grant.auth_time == browser.session_row.events.get().at
