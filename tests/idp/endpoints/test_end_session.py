"""OpenID Connect RP-Initiated Logout 1.0; OIDC.md G6, G8, K2."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client as HttpClient

from idp.models import Grant, Session
from idp.oauth.id_token import id_token, read_hint
from idp.policy import get_policy
from tests.factories import a_client, a_person
from tests.idp.relying_party import FORM, RelyingParty, answer, signed_in_browser

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
BACK = "https://rp.example/logged-out"
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/logged-out",
    "/\\evil.example",
    "https:evil.example",
    "https://rp.example@evil.example/logged-out",
    "https://rp.example.evil.example/logged-out",
    "https://rp.example/logged-out#@evil.example",
    "https://rp.example/logged-out?next=https://evil.example",
    "https://rp.example/logged-out/../evil",
    "https://RP.example/logged-out",
    "HTTPS://rp.example/logged-out",
    "http://rp.example/logged-out",
    "https://rp.example:443/logged-out",
    "https://rp.example/logged-out ",
    "https://rp.example/%6cogged-out",
    "javascript:alert(1)//https://rp.example/logged-out",
    "data:text/html,x",
    "/account/",
]
"""OIDC.md G6: tricks of open redirects, against the one address that is registered."""


@pytest.fixture
def rp():
    return RelyingParty(a_client(post_logout_redirect_uris=[BACK]))


@pytest.fixture
def tokens(rp, browser):
    return rp.tokens(browser)


def is_signed_in(browser):
    return Session.objects.get(pk=browser.session_row.pk).ended_at is None


def test_the_hint_of_this_session_ends_it_and_leads_back(browser, tokens):
    query = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": BACK, "state": "a b"}
    response = browser.get("/logout", query)
    assert response["Location"] == f"{BACK}?state=a+b"
    assert response.status_code == 303
    assert not is_signed_in(browser)
    assert response.cookies["countersign_session"].value == ""


def test_without_a_state_none_goes_back(browser, tokens):
    query = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": BACK}
    assert browser.get("/logout", query)["Location"] == BACK


@pytest.mark.parametrize(
    "further", [{"ui_locales": "de en"}, {"logout_hint": "alice"}, {"unknown": "x"}]
)
def test_what_a_client_may_add_changes_nothing(rp, browser, tokens, further):
    query = {"id_token_hint": tokens["id_token"], "client_id": rp.row.client_id} | further
    response = browser.get("/logout", query | {"post_logout_redirect_uri": BACK})
    assert response["Location"] == BACK
    assert not is_signed_in(browser)


def test_an_expired_hint_is_still_a_hint(rp, browser, settings):
    settings.IDP = settings.IDP | {"id_token_lifetime": -timedelta(hours=1)}
    get_policy.cache_clear()
    tokens = rp.tokens(browser)
    response = browser.get("/logout", {"id_token_hint": tokens["id_token"]})
    get_policy.cache_clear()
    assert response.status_code == 200
    assert not is_signed_in(browser)


def test_a_hint_calls_the_person_as_its_client_does(browser):
    pairwise = {"subject_type": "pairwise", "sector_identifier": "rp.example"}
    tokens = RelyingParty(a_client(**pairwise)).tokens(browser)
    Grant.objects.update(session=None)  # as for a token without a sid
    row = RelyingParty(a_client(**pairwise)).row
    hint = id_token(Grant.objects.get(), row)
    said = read_hint(hint) or {}
    assert "sid" not in said
    assert said["sub"] == (read_hint(tokens["id_token"]) or {})["sub"]
    browser.get("/logout", {"id_token_hint": hint})
    assert not is_signed_in(browser)


def test_without_an_address_to_return_to_a_page_says_so(browser, tokens):
    response = browser.get("/logout", {"id_token_hint": tokens["id_token"]})
    assert 'data-page="signed-out"' in response.content.decode()
    assert not is_signed_in(browser)


def test_k2_logout_ends_refresh_tokens_without_offline_access_and_keeps_the_others(rp, browser):
    online = rp.tokens(browser, scope="openid")
    offline = rp.tokens(browser, scope="openid offline_access")
    browser.get("/logout", {"id_token_hint": online["id_token"]})
    assert rp.introspect(online["access_token"]) == {"active": False}
    assert rp.refresh(online["refresh_token"]).status_code == 400
    assert rp.introspect(offline["access_token"])["active"] is True
    assert rp.refresh(offline["refresh_token"]).status_code == 200


def confirm(browser, page, answer):
    """Send the confirmation page's own form."""
    browser.handler.enforce_csrf_checks = True
    content = page.content.decode()
    token = content.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    fields = {"csrfmiddlewaretoken": token, "answer": answer}
    for name in ("id_token_hint", "client_id", "post_logout_redirect_uri", "state"):
        value = content.partition(f'name="{name}" value="')[2].partition('"')[0]
        if value:
            fields[name] = value
    return browser.post("/logout/confirm", fields)


@pytest.mark.parametrize(
    "query", [{}, {"state": "x"}, {"logout_hint": "alice"}, {"ui_locales": "de xx-invalid"}]
)
def test_g8_without_a_hint_the_person_is_asked(browser, query):
    page = browser.get("/logout", query)
    assert 'data-page="logout"' in page.content.decode()
    assert is_signed_in(browser)
    assert "Location" not in confirm(browser, page, "logout")
    assert not is_signed_in(browser)


def test_the_person_may_stay(browser):
    response = confirm(browser, browser.get("/logout"), "stay")
    assert response["Location"] == "/account/"
    assert is_signed_in(browser)


def test_g8_the_confirmation_cannot_be_forged(browser):
    browser.handler.enforce_csrf_checks = True
    assert browser.post("/logout/confirm", {"answer": "logout"}).status_code == 403
    assert is_signed_in(browser)


def test_without_a_hint_the_browser_is_not_sent_away(rp, browser):
    query = {"client_id": rp.row.client_id, "post_logout_redirect_uri": BACK}
    response = confirm(browser, browser.get("/logout", query), "logout")
    assert "Location" not in response
    assert not is_signed_in(browser)


def test_g8_another_person_s_hint_asks_first(rp, tokens):
    other = signed_in_browser(a_person())
    query = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": BACK}
    page = other.get("/logout", query)
    assert is_signed_in(other)
    assert confirm(other, page, "logout")["Location"] == BACK
    assert not is_signed_in(other)


def test_g8_a_hint_of_an_earlier_session_of_the_same_person_asks_first(rp, browser, tokens):
    later = signed_in_browser(browser.session_row.user)
    page = later.get("/logout", {"id_token_hint": tokens["id_token"]})
    assert 'data-page="logout"' in page.content.decode()
    assert is_signed_in(later)


def test_g8_a_hint_without_the_browser_s_cookie_ends_no_session(browser, tokens):
    assert HttpClient().get("/logout", {"id_token_hint": tokens["id_token"]}).status_code == 200
    assert is_signed_in(browser)


@pytest.mark.parametrize("uri", ELSEWHERE)
def test_g6_nobody_is_sent_to_an_address_that_is_not_registered(rp, browser, tokens, uri):
    query = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": uri}
    asked = {"client_id": rp.row.client_id, "post_logout_redirect_uri": uri}
    answer = {"answer": "logout"}
    for response in (
        browser.get("/logout", query),
        browser.get("/logout", asked),
        browser.post("/logout", urlencode(query), content_type=FORM),
        browser.post("/logout/confirm", query | answer),
    ):
        assert response.status_code == 400
        assert "Location" not in response.headers
    assert is_signed_in(browser)


@pytest.mark.parametrize(
    "change",
    [
        {"post_logout_redirect_uri": BACK + "?x=1"},
        {"post_logout_redirect_uri": "https://evil.example/"},
        {"post_logout_redirect_uri": "//evil.example/"},
        {"post_logout_redirect_uri": "javascript:alert(1)"},
        {"post_logout_redirect_uri": BACK + "/"},
        {"id_token_hint": "nonsense"},
        {"id_token_hint": "a.b.c.d.e"},  # encrypted: we publish no key for that
        {"client_id": "another"},
    ],
)
def test_a_wrong_request_is_a_page_and_ends_nothing(browser, tokens, change):
    query = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": BACK} | change
    response = browser.get("/logout", query)
    assert response.status_code == 400
    assert "Location" not in response.headers
    assert 'data-page="error"' in response.content.decode()
    assert is_signed_in(browser)


def test_a_changed_hint_is_a_page_and_ends_nothing(browser, tokens):
    head, body, signature = tokens["id_token"].split(".")
    forged = f"{head}.{body}.{signature[::-1]}"
    assert browser.get("/logout", {"id_token_hint": forged}).status_code == 400
    assert is_signed_in(browser)


def test_repeated_parameters_are_a_page(browser):
    assert browser.get("/logout?state=1&state=2").status_code == 400


def test_a_post_of_a_client_works_without_its_cookies(browser, tokens):
    form = urlencode({"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": BACK})
    response = HttpClient().post("/logout", form, content_type=FORM)
    assert response.status_code == 303
    assert browser.get(response["Location"])["Location"] == BACK
    assert not is_signed_in(browser)


def test_who_is_not_signed_in_is_sent_back_as_well(rp, tokens):
    query = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": BACK}
    assert HttpClient().get("/logout", query)["Location"] == BACK


def test_the_name_of_the_client_is_escaped(browser):
    rp = RelyingParty(a_client(name="<script>alert(1)</script>"))
    page = browser.get("/logout", {"client_id": rp.row.client_id}).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page


def test_after_logout_the_next_request_asks_to_sign_in(rp, browser, tokens):
    browser.get("/logout", {"id_token_hint": tokens["id_token"]})
    assert answer(rp.authorize(browser, prompt="none"))["error"] == "login_required"
