"""OpenID Connect Core 3.1.2, RFC 9207, R-6.2.4-2: what a response must be to sign somebody in."""

from __future__ import annotations

import time
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import ECKey

from rp_demo import oidc, pages
from tests.rp_demo.fake_provider import ISSUER, callback


def begin(browser, provider):
    return provider.authorize(browser.get("/login").headers["Location"])


def is_signed_in(browser):
    return browser.get("/account").status_code == 200


def test_the_request_asks_for_the_lowest_level_with_pkce_state_and_nonce(browser, provider):
    location = browser.get("/login").headers["Location"]
    asked = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
    assert location.startswith(f"{ISSUER}/authorize?")
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == 43
    assert asked["acr_values"] == "urn:countersign:acr:loa1"
    assert asked["redirect_uri"] == "http://testserver/callback"
    assert len(asked["state"]) >= 32
    assert len(asked["nonce"]) >= 32
    assert "max_age" not in asked


def test_a_sound_response_signs_in_and_shows_the_name(browser, provider):
    response = browser.get(callback(begin(browser, provider)))
    assert response.headers["Location"] == "/account"
    assert "Alice Archer" in browser.get("/account").content.decode()


def test_a_name_about_somebody_else_is_not_shown(browser, provider):
    parameters = begin(browser, provider)
    provider.change = {"sub": "another"}
    browser.get(callback(parameters))
    assert "Alice Archer" not in browser.get("/account").content.decode()


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "another"},
        {"state": ""},
        {"iss": "http://another.test"},
        {"iss": None},
        {"code": None},
        {"error": "access_denied", "iss": "http://another.test", "code": None},
    ],
    ids=str,
)
def test_a_changed_response_signs_nobody_in(browser, provider, changes):
    parameters = begin(browser, provider) | changes
    given = {name: value for name, value in parameters.items() if value is not None}
    response = browser.get(callback(given))
    assert response.status_code == 400
    assert pages.NOT_OURS.title in response.content.decode()
    assert not is_signed_in(browser)


def test_a_response_without_issuer_is_taken_where_the_provider_promises_none(browser, provider):
    provider.metadata["authorization_response_iss_parameter_supported"] = False
    parameters = begin(browser, provider)
    del parameters["iss"]
    browser.get(callback(parameters))
    assert is_signed_in(browser)


def test_a_parameter_given_twice_is_refused(browser, provider):
    address = callback(begin(browser, provider))
    assert browser.get(f"{address}&code=another").status_code == 400
    assert not is_signed_in(browser)


def test_a_response_is_taken_once(browser, provider):
    address = callback(begin(browser, provider))
    browser.get(address)
    assert browser.get(address).status_code == 400


def test_a_response_in_another_browser_is_refused(browser, client, provider):
    address = callback(begin(browser, provider))
    assert client.get(address).status_code == 400
    assert client.get("/account").status_code == 302


def test_an_old_request_is_refused(browser, provider, monkeypatch):
    parameters = begin(browser, provider)
    monkeypatch.setattr(oidc, "REQUEST_LIFETIME", oidc.REQUEST_LIFETIME * -1)
    assert browser.get(callback(parameters)).status_code == 400
    assert not is_signed_in(browser)


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "http://another.test"},
        {"aud": "another-client"},
        {"nonce": "another"},
        {"exp": 1},
        {"acr": None},
        {"at_hash": "wrong"},
        {"sub": None},
    ],
    ids=str,
)
def test_a_falsified_id_token_signs_nobody_in(browser, provider, change):
    parameters = begin(browser, provider)
    provider.change = change
    response = browser.get(callback(parameters))
    assert response.status_code == 400
    assert pages.DISBELIEVED.title in response.content.decode()
    assert not is_signed_in(browser)


def test_a_signature_by_an_unpublished_key_signs_nobody_in(browser, provider):
    parameters = begin(browser, provider)
    provider.signing_key = ECKey.generate_key("P-256", {"kid": "one"})
    assert browser.get(callback(parameters)).status_code == 400
    assert not is_signed_in(browser)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("access_denied", 403),
        ("unmet_authentication_requirements", 403),
        ("login_required", 403),
        ("interaction_required", 403),
        ("consent_required", 403),
        ("temporarily_unavailable", 503),
        ("server_error", 503),
        ("<script>alert(1)</script>", 400),
    ],
)
def test_every_error_ends_in_a_clear_page(browser, provider, code, status):
    parameters = begin(browser, provider)
    answer = {"error": code, "state": parameters["state"], "iss": ISSUER}
    response = browser.get(callback(answer | {"error_description": "<b>secret</b>"}))
    page = response.content.decode()
    assert response.status_code == status
    assert 'data-page="error"' in page
    assert "<script>" not in page
    assert "secret" not in page
    assert not is_signed_in(browser)


def test_unmet_requirements_lead_to_enrolment(browser, provider):
    state = begin(browser, provider)["state"]
    answer = {"error": "unmet_authentication_requirements", "state": state, "iss": ISSUER}
    assert f'href="{ISSUER}/account/"' in browser.get(callback(answer)).content.decode()


def test_a_code_that_the_provider_refuses_signs_nobody_in(browser, provider):
    parameters = begin(browser, provider) | {"code": "never-issued"}
    assert browser.get(callback(parameters)).status_code == 400
    assert not is_signed_in(browser)


def test_a_provider_that_is_down_is_said_to_be(browser, provider):
    provider.down = True
    assert browser.get("/login").status_code == 503


def test_metadata_of_another_issuer_are_refused(browser, provider):
    provider.metadata["issuer"] = "http://another.test"
    assert browser.get("/login").status_code == 503


def test_signing_out_ends_both_sessions(signed_in, provider):
    token = signed_in.get("/account").context["csrf_token"]
    response = signed_in.post("/logout", {"csrfmiddlewaretoken": str(token)})
    asked = parse_qs(urlsplit(response.headers["Location"]).query)
    assert response.headers["Location"].startswith(f"{ISSUER}/logout?")
    assert asked["post_logout_redirect_uri"] == ["http://testserver/logged-out"]
    assert asked["id_token_hint"][0].count(".") == 2
    assert not is_signed_in(signed_in)


def test_another_site_cannot_sign_anybody_out(signed_in):
    assert signed_in.post("/logout").status_code == 403
    assert is_signed_in(signed_in)


def test_the_session_cookie_shows_nothing_and_fits(signed_in, provider):
    cookie = signed_in.cookies["northwind_session"]
    token = next(iter(provider.tokens))
    assert token not in cookie.value
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    for _ in range(5):
        signed_in.get("/login")
    assert len(signed_in.cookies["northwind_session"].value) < 3800


def test_a_changed_session_cookie_is_nobodys(signed_in):
    value = signed_in.cookies["northwind_session"].value
    signed_in.cookies["northwind_session"] = value[:-8] + "AAAAAAA="
    assert not is_signed_in(signed_in)


def test_pages_run_no_script_and_stand_in_no_frame(browser, provider):
    response = browser.get("/")
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert f"form-action 'self' {ISSUER}" in policy
    assert response.headers["X-Frame-Options"] == "DENY"


def test_the_panel_explains_each_claim(signed_in):
    page = signed_in.get("/account").content.decode()
    for claim in ("acr", "amr", "auth_time", "iss", "aud", "sub", "sid", "exp"):
        assert f'data-claim="{claim}"' in page
    assert "Level 1" in page
    assert str(int(time.time()))[:6] in page
