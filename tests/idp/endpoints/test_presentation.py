"""OpenID Connect Core 3.1.2.1: ``display`` and ``ui_locales``; BCP 47; OIDC.md G7."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client as HttpClient

from idp.models import Interaction
from tests.factories import PASSWORD, a_person
from tests.idp.relying_party import RelyingParty, signed_in_browser

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
OPENER = "Cross-Origin-Opener-Policy"


@pytest.fixture
def browser():
    return HttpClient()


def login_page(rp, browser, **parameters):
    """Return the login page of a request."""
    asked = rp.authorize(browser, **{"skip": None} | parameters)
    return browser.get(asked["Location"], headers=parameters.get("headers"))


def language(response):
    page = response.content.decode()
    return page.split('<html lang="')[1].split('"')[0]


@pytest.mark.parametrize(
    ("wish", "spoken"),
    [
        ("de", "de"),
        ("fr-CA fr en", "fr"),
        ("DE-AT", "de"),
        ("de-CH-1996", "de"),
        ("xx yy fr de", "fr"),
        ("xx", "en"),
        ("en de", "en"),
        ("*", "en"),
        ("../../etc de", "de"),
        ('de"><script>', "en"),
        ("x" * 4000, "en"),
        (" ".join(["xx"] * 20 + ["de"]), "en"),
    ],
)
def test_the_first_wished_language_that_there_is_is_spoken(rp, browser, wish, spoken):
    page = login_page(rp, browser, ui_locales=wish)
    assert page.status_code == 200
    assert language(page) == spoken
    assert page["Content-Language"] == spoken


def test_the_client_s_wish_goes_before_the_browser_s_and_the_browser_s_before_none(rp, browser):
    french = {"Accept-Language": "fr-FR,fr;q=0.9"}
    asked = rp.authorize(browser, ui_locales="de")["Location"]
    assert language(browser.get(asked, headers=french)) == "de"
    asked = rp.authorize(browser, ui_locales="xx")["Location"]
    assert language(browser.get(asked, headers=french)) == "fr"
    assert language(browser.get(asked)) == "en"


def test_the_wish_holds_on_every_page_of_the_interaction(rp):
    person, browser = a_person(), HttpClient()
    login = rp.authorize(browser, ui_locales="de")["Location"]
    wrong = browser.post(login, {"username": person.username, "password": "wrong"})
    assert language(wrong) == "de"
    assert "Das hat nicht geklappt" in wrong.content.decode()
    done = browser.post(login, {"username": person.username, "password": PASSWORD})
    consent = browser.get(browser.get(done["Location"])["Location"])
    assert language(consent) == "de"
    assert "Ihre E-Mail-Adresse" in consent.content.decode()
    chooser = browser.get(
        rp.authorize(browser, ui_locales="fr", prompt="select_account")["Location"]
    )
    assert "Choisir un compte" in chooser.content.decode()


def test_the_wish_of_one_request_is_not_the_next_one_s(rp, browser):
    login_page(rp, browser, ui_locales="de")
    assert language(login_page(rp, browser)) == "en"


def test_the_page_that_posts_the_answer_speaks_the_language_too(rp):
    browser = signed_in_browser()
    rp.has_consent(browser)
    page = rp.authorize(browser, ui_locales="fr", response_mode="form_post")
    assert language(page) == "fr"
    assert "Retour à l" in page.content.decode()


def test_what_goes_to_the_client_is_not_translated(rp):
    browser = signed_in_browser()
    answer = rp.authorize(browser, ui_locales="de", prompt="none")
    assert "error_description=The+end-user" in answer["Location"]


def test_an_error_page_speaks_to_the_person_and_quotes_the_protocol(browser):
    page = browser.get("/authorize?client_id=unknown", headers={"Accept-Language": "de"})
    shown = page.content.decode()
    assert "Diese Anfrage kann nicht beantwortet werden" in shown
    assert 'lang="en" dir="ltr">invalid_request: ' in shown


@pytest.mark.parametrize("display", ["page", "popup", "touch", "wap"])
def test_the_wished_display_reaches_the_page(rp, browser, display):
    page = login_page(rp, browser, display=display)
    assert f'data-display="{display}"' in page.content.decode()


@pytest.mark.parametrize("display", ["tv", '"><script>', "POPUP", "page popup"])
def test_g7_an_unknown_display_is_ignored(rp, browser, display):
    page = login_page(rp, browser, display=display)
    assert page.status_code == 200
    assert "data-display" not in page.content.decode()


def test_a_popup_keeps_the_window_that_opened_it_on_its_whole_way(rp):
    person, browser = a_person(), HttpClient()
    rp.row.skip_consent = True
    rp.row.save()
    responses = [rp.authorize(browser, display="popup")]
    responses.append(browser.get(responses[0]["Location"]))
    form = {"username": person.username, "password": PASSWORD}
    responses.append(browser.post(responses[0]["Location"], form))
    responses.append(browser.get(responses[-1]["Location"]))
    assert responses[-1]["Location"].startswith(rp.redirect_uri)
    assert [response[OPENER] for response in responses] == ["unsafe-none"] * 4


def test_a_popup_keeps_it_for_an_error_as_well(rp, browser):
    assert rp.authorize(browser, display="popup", prompt="none")[OPENER] == "unsafe-none"
    assert rp.authorize(browser, display="popup", max_age="x")[OPENER] == "unsafe-none"


@pytest.mark.parametrize("parameters", [{}, {"display": "page"}, {"display": "touch"}])
def test_every_other_page_stands_apart_from_the_window_that_opened_it(rp, browser, parameters):
    assert rp.authorize(browser, **parameters)[OPENER] == "same-origin"
    assert login_page(rp, browser, **parameters)[OPENER] == "same-origin"


def test_discovery_offers_what_is_there(browser):
    document = browser.get("/.well-known/openid-configuration").json()
    assert document["ui_locales_supported"] == ["en", "de", "fr"]
    assert document["display_values_supported"] == ["page", "popup", "touch", "wap"]


def test_the_account_pages_speak_the_browser_s_language():
    browser = signed_in_browser()
    page = browser.get("/account/", headers={"Accept-Language": "de"})
    assert "Wege zur Anmeldung" in page.content.decode()
    assert not Interaction.objects.exists()


def test_claims_in_other_languages_may_be_wished_and_change_nothing(rp):
    browser = signed_in_browser()
    _, claims = rp.id_token(rp.tokens(browser, claims_locales="de fr"))
    assert claims["sub"] == browser.session_row.user.subject
    assert rp.row == RelyingParty(rp.row).row


def test_the_logout_speaks_the_language_that_its_client_wishes():
    """RP-Initiated Logout 1.0 2, `ui_locales`."""
    browser = signed_in_browser()
    asked = browser.get("/logout", {"ui_locales": "fr"})
    assert "Se déconnecter ?" in asked.content.decode().replace("\xa0", " ")
    assert 'name="ui_locales" value="fr"' in asked.content.decode()
    done = browser.post("/logout/confirm", {"answer": "logout", "ui_locales": "fr"})
    assert language(done) == "fr"


def test_the_stylesheet_knows_start_and_end_not_left_and_right():
    """A page that is read from the right is laid out from the right."""
    sheet = Path(finders.find("idp/countersign.css")).read_text()
    assert re.findall(r"(?m)^.*\b(?:left|right)\b.*$", sheet) == []
