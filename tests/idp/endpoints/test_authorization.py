"""OpenID Connect Core 3.1.2; RFC 6749 4.1; RFC 9207; RFC 7636 4.4; OIDC.md A1-A13."""

from __future__ import annotations

from html import unescape
from urllib.parse import urlencode

import pytest
from django.test import Client as HttpClient

from idp.authentication import dispatcher, session
from idp.models import AuthorizationCode, Grant
from tests.factories import a_client, a_public_client
from tests.idp.expecting import assert_error, assert_page
from tests.idp.relying_party import (
    FORM,
    ISSUER,
    RelyingParty,
    answer,
    signed_in_browser,
)

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
LOA = "urn:countersign:acr:loa"


def test_a_signed_in_person_who_agreed_before_is_sent_straight_back(rp, browser):
    rp.has_consent(browser)
    response = rp.authorize(browser)
    given = answer(response)
    assert response["Location"].startswith("https://rp.example/callback?")
    assert given.keys() == {"code", "iss", "state", "session_state"}
    assert given["iss"] == ISSUER
    assert given["state"] == "the state"
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] in {"no-referrer", "same-origin"}


def test_without_a_state_none_comes_back(rp, browser):
    rp.has_consent(browser)
    assert answer(rp.authorize(browser, state=None)).keys() == {"code", "iss", "session_state"}


def test_post_and_get_are_equivalent(rp):
    browser = HttpClient(enforce_csrf_checks=True)
    browser.cookies = signed_in_browser().cookies
    response = browser.post("/authorize", urlencode(rp.request()), content_type=FORM)
    assert response.status_code == 303
    assert "/interaction/" in response["Location"]


def test_a_posted_request_of_a_known_browser_is_answered(rp, browser):
    rp.has_consent(browser)
    browser.cookies["countersign_browser"] = "known"
    response = browser.post("/authorize", urlencode(rp.request()), content_type=FORM)
    assert answer(response)["code"]


@pytest.mark.parametrize(
    ("path", "body", "content_type"),
    [
        ("/authorize?prompt=none", "client_id=x", FORM),
        ("/authorize", "{}", "application/json"),
    ],
)
def test_a_posted_request_is_a_form_alone(path, body, content_type):
    assert_page(HttpClient().post(path, body, content_type=content_type))


@pytest.mark.parametrize("method", ["put", "delete", "head", "patch"])
def test_other_methods_are_refused(method):
    assert getattr(HttpClient(), method)("/authorize").status_code == 405


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": None},
        {"client_id": "unknown"},
        {"client_id": "x" * 500},
        {"client_id": "\u00fcnknown"},
        {"redirect_uri": None},
        {"redirect_uri": "https://rp.example/callback/"},
        {"redirect_uri": "https://rp.example/callback?x=1"},
        {"redirect_uri": "https://rp.example/callback#x"},
        {"redirect_uri": "https://rp.example/CALLBACK"},
        {"redirect_uri": "https://rp.example:443/callback"},
        {"redirect_uri": "https://rp.example/a/../callback"},
        {"redirect_uri": "https://rp.example%2Fcallback"},
        {"redirect_uri": "https://user@rp.example/callback"},
        {"redirect_uri": "https://rp.example.evil.example/callback"},
        {"redirect_uri": 'https://rp.example/callback"\\\u00fc'},
        {"redirect_uri": "javascript:alert(1)"},
        {"state": "s" * 5000},
    ],
)
def test_an_unsafe_request_is_answered_by_a_page(rp, browser, change):
    rp.has_consent(browser)
    assert_page(rp.authorize(browser, **change))


@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "state"])
def test_what_decides_the_way_back_must_not_be_ambiguous(rp, browser, name):
    query = urlencode([*rp.request().items(), (name, "another")])
    assert_page(browser.get(f"/authorize?{query}"))


@pytest.mark.parametrize("query", ["client_id=%ff", "client_id=a%00b", "&".join(["a=1"] * 200)])
def test_an_unreadable_request_is_answered_by_a_page(query):
    assert_page(HttpClient().get(f"/authorize?{query}"))


def test_an_inactive_client_is_unknown(browser):
    assert_page(RelyingParty(a_client(is_active=False)).authorize(browser))


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code code"}, "unsupported_response_type"),
        ({"response_type": '\u00fc"\\'}, "unsupported_response_type"),
        ({"response_mode": "bogus"}, "invalid_request"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "unknown"}, "invalid_scope"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge": "=" * 43}, "invalid_request"),
        ({"max_age": "abc"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "1.5"}, "invalid_request"),
        ({"max_age": "NaN"}, "invalid_request"),
        ({"max_age": "\u0663"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "unknown"}, "invalid_request"),
        ({"request": "x"}, "invalid_request_object"),
        ({"request_uri": "urn:x"}, "invalid_request_uri"),
        ({"registration": "{}"}, "registration_not_supported"),
        ({"claims": "no json"}, "invalid_request"),
        ({"claims": "[" * 10_000}, "invalid_request"),
        ({"claims": "[]"}, "invalid_request"),
        ({"claims": '{"id_token": {"acr": {"values": 1}}}'}, "invalid_request"),
        ({"nonce": "n" * 5000}, "invalid_request"),
        ({"acr_values": "a " * 4000}, "invalid_request"),
        ({"id_token_hint": "nonsense"}, "invalid_request"),
        ({"id_token_hint": "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0."}, "invalid_request"),
    ],
)
def test_an_error_goes_back_to_the_client_with_issuer_and_state(rp, browser, change, error):
    rp.has_consent(browser)
    assert_error(rp.authorize(browser, **change), error)


@pytest.mark.parametrize("name", ["nonce", "acr_values", "max_age", "code_challenge", "unheard_of"])
def test_any_repeated_parameter_is_an_error(rp, browser, name):
    rp.has_consent(browser)
    query = urlencode([*rp.request().items(), (name, "1"), (name, "1")])
    assert_error(browser.get(f"/authorize?{query}"), "invalid_request")


def test_a_client_without_the_code_flow_is_unauthorized(browser):
    rp = RelyingParty(a_client(grant_types=["refresh_token"]))
    assert_error(rp.authorize(browser), "unauthorized_client")


def test_unknown_parameters_and_the_display_ones_are_ignored(rp, browser):
    rp.has_consent(browser)
    more = {"display": "popup", "ui_locales": "fr", "claims_locales": "fr", "unheard_of": "x"}
    assert answer(rp.authorize(browser, **more))["code"]


def test_unknown_scopes_are_ignored(rp, browser):
    tokens = rp.tokens(browser, scope="openid telepathy email")
    assert tokens["scope"] == "openid email"


def test_a_confidential_client_may_have_an_exception_from_pkce_and_a_public_one_not(browser):
    confidential = RelyingParty(a_client(require_pkce=False))
    confidential.has_consent(browser)
    without = {"code_challenge": None, "code_challenge_method": None}
    assert answer(confidential.authorize(browser, **without))["code"]
    AuthorizationCode.objects.all().delete()
    loopback = "http://127.0.0.1:5000/callback"
    public = RelyingParty(a_public_client(require_pkce=False), redirect_uri=loopback)
    assert_error(public.authorize(browser, **without), "invalid_request")


@pytest.mark.parametrize(
    ("uri", "accepted"),
    [
        ("http://127.0.0.1:50123/callback", True),
        ("http://127.0.0.1/callback", True),
        ("http://[::1]:1/callback", False),
        ("http://localhost:50123/callback", False),
        ("http://127.0.0.1:99999/callback", False),
        ("http://127.0.0.1:50123/other", False),
        ("https://127.0.0.1:50123/callback", False),
    ],
)
def test_a_native_client_s_loopback_port_is_free(browser, uri, accepted):
    rp = RelyingParty(a_public_client(), redirect_uri=uri)
    rp.has_consent(browser)
    response = rp.authorize(browser)
    assert (response.status_code == 303) is accepted
    if accepted:
        assert response["Location"].startswith(uri + "?")


def test_a_native_client_is_answered_at_its_own_scheme(browser):
    uri = "com.example.app:/callback"
    rp = RelyingParty(a_public_client(redirect_uris=[uri]), redirect_uri=uri)
    rp.has_consent(browser)
    assert rp.authorize(browser)["Location"].startswith(uri + "?")
    assert_error(rp_form_post(rp, browser), "invalid_request")


def rp_form_post(rp, browser):
    AuthorizationCode.objects.all().delete()
    return rp.authorize(browser, response_mode="form_post")


def test_a_registered_query_is_kept(browser):
    uri = "https://rp.example/callback?tenant=a%20b"
    rp = RelyingParty(a_client(redirect_uris=[uri]), redirect_uri=uri)
    rp.has_consent(browser)
    assert rp.authorize(browser)["Location"].startswith(uri + "&code=")


AWKWARD = 'a b&c="d"<e>\'\u00fc'


def test_form_post_returns_the_very_values(rp, browser):
    rp.has_consent(browser)
    response = rp.authorize(browser, response_mode="form_post", state=AWKWARD)
    page = response.content.decode()
    assert response.status_code == 200
    assert 'action="https://rp.example/callback"' in page
    assert f'value="{ISSUER}"' in page
    assert "<e>" not in page
    assert AWKWARD in unescape(page)
    assert "no-store" in response["Cache-Control"]


def test_form_post_runs_one_script_and_has_a_button(rp, browser):
    rp.has_consent(browser)
    response = rp.authorize(browser, response_mode="form_post")
    page, policy = response.content.decode(), response["Content-Security-Policy"]
    nonce = page.partition('nonce="')[2].partition('"')[0]
    assert f"script-src 'nonce-{nonce}'" in policy
    assert nonce
    assert "unsafe-inline" not in policy
    assert "onload" not in page
    assert "<button" in page


def test_form_post_carries_errors_too(rp, browser):
    page = rp.authorize(browser, response_mode="form_post", prompt="none").content.decode()
    assert 'value="consent_required"' in page
    assert 'name="iss"' in page


def test_a_session_that_ends_meanwhile_gives_nothing_any_more(rp, browser, monkeypatch):
    rp.has_consent(browser)
    decide = dispatcher.next_step

    def overtaken(*args, **kwargs):
        step = decide(*args, **kwargs)
        session.end(browser.session_row)
        return step

    monkeypatch.setattr(dispatcher, "next_step", overtaken)
    assert answer(rp.authorize(browser))["error"] == "login_required"
    assert not Grant.objects.exists()
