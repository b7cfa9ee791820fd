"""OpenID Connect Core 3.1.2, 5.5; RFC 6749 4.1; RFC 9207; RFC 7636 4.4; OIDC.md A, G."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from urllib.parse import urlencode

import pytest
from django.test import Client as HttpClient
from django.utils import timezone

from idp.contract import Evidence
from idp.models import AuthorizationCode, Consent, Grant, Interaction, Passkey
from idp.oauth import clients
from tests.factories import PASSWORD, a_client, a_person, a_public_client
from tests.idp.relying_party import (
    FORM,
    ISSUER,
    RelyingParty,
    answer,
    claims_parameter,
    signed_in_browser,
)

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
LOA = "urn:countersign:acr:loa"


@pytest.fixture
def rp():
    return RelyingParty()


@pytest.fixture
def browser():
    return signed_in_browser()


def assert_page(response, *, says=""):
    """Tell the person, and nobody else."""
    assert response.status_code == 400
    assert "Location" not in response
    assert 'data-page="error"' in response.content.decode()
    assert says in unescape(response.content.decode())


def assert_error(response, error, *, state="the state"):
    given = answer(response)
    assert given["error"] == error
    assert given["iss"] == ISSUER
    assert given.get("state") == state
    assert "code" not in given
    assert not AuthorizationCode.objects.exists()


def test_a_signed_in_person_who_agreed_before_is_sent_straight_back(rp, browser):
    rp.has_consent(browser)
    response = rp.authorize(browser)
    given = answer(response)
    assert response["Location"].startswith("https://rp.example/callback?")
    assert given.keys() == {"code", "iss", "state"}
    assert given["iss"] == ISSUER
    assert given["state"] == "the state"
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] in {"no-referrer", "same-origin"}


def test_without_a_state_none_comes_back(rp, browser):
    rp.has_consent(browser)
    assert answer(rp.authorize(browser, state=None)).keys() == {"code", "iss"}


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
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_type": '\u00fc"\\'}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
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
        ({"request": "x"}, "request_not_supported"),
        ({"request_uri": "urn:x"}, "request_uri_not_supported"),
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


def essential(*values):
    return claims_parameter(id_token={"acr": {"essential": True, "values": list(values)}})


def with_a_passkey(person):
    """Give the person a way to a higher level."""
    return Passkey.objects.create(
        user=person,
        credential_id=b"id",
        public_key=b"key",
        backup_eligible=True,
        name="Laptop",
        created_at=timezone.now(),
    )


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"max_age": "0"}, "login_required"),
        ({"acr_values": LOA + "2"}, "interaction_required"),
        ({"claims": essential(LOA + "2")}, "unmet_authentication_requirements"),
    ],
)
def test_prompt_none_never_shows_a_page(rp, browser, parameters, error):
    rp.has_consent(browser)
    with_a_passkey(browser.session_row.user)
    assert_error(rp.authorize(browser, prompt="none", **parameters), error)


def test_prompt_none_without_consent_is_consent_required(rp, browser):
    assert_error(rp.authorize(browser, prompt="none"), "consent_required")


def test_prompt_none_without_a_session_is_login_required(rp):
    assert_error(rp.authorize(HttpClient(), prompt="none"), "login_required")


def test_an_essential_acr_out_of_reach_is_an_error(rp, browser):
    rp.has_consent(browser)
    response = rp.authorize(browser, claims=essential(LOA + "3"))
    assert_error(response, "unmet_authentication_requirements")


def test_a_voluntary_acr_out_of_reach_is_not(rp, browser):
    tokens = rp.tokens(browser, acr_values=f"{LOA}3 unknown")
    assert rp.id_token(tokens)[1]["acr"] == LOA + "1"


def test_an_essential_acr_counts_before_acr_values(rp, browser):
    tokens = rp.tokens(browser, acr_values=LOA + "3", claims=essential(LOA + "1"))
    assert rp.id_token(tokens)[1]["acr"] == LOA + "1"


def test_an_essential_single_value(rp, browser):
    asked = claims_parameter(id_token={"acr": {"essential": True, "value": LOA + "1"}})
    assert rp.id_token(rp.tokens(browser, claims=asked))[1]["acr"] == LOA + "1"


def test_the_client_s_floor_cannot_be_lowered(browser):
    rp = RelyingParty(a_client(minimum_acr=LOA + "3"))
    rp.has_consent(browser)
    assert_error(rp.authorize(browser, acr_values=LOA + "1"), "unmet_authentication_requirements")


def test_the_client_s_defaults_count_where_the_request_is_silent():
    browser = signed_in_browser()
    browser.session_row.events.update(at=timezone.now() - timedelta(minutes=10))
    rp = RelyingParty(a_client(default_max_age=60, default_acr_values=[LOA + "1"]))
    rp.has_consent(browser)
    assert "/login" in rp.authorize(browser)["Location"]
    assert answer(rp.authorize(browser, max_age="3600"))["code"]


@pytest.mark.parametrize("max_age", ["0", "1", "999999999999999999"])
def test_max_age_is_any_number_of_seconds(rp, browser, max_age):
    rp.has_consent(browser)
    browser.session_row.events.update(at=timezone.now() - timedelta(seconds=10))
    again = "/login" in rp.authorize(browser, max_age=max_age)["Location"]
    assert again is (max_age in {"0", "1"})


def test_a_hint_for_the_same_person_is_fine_and_for_another_is_not(rp, browser):
    hint = rp.tokens(browser)["id_token"]
    assert answer(rp.authorize(browser, id_token_hint=hint, prompt="none"))["code"]
    AuthorizationCode.objects.all().delete()
    other = signed_in_browser()
    rp.has_consent(other)
    assert_error(rp.authorize(other, id_token_hint=hint, prompt="none"), "login_required")


def test_a_hint_of_another_client_is_refused(rp, browser):
    hint = rp.tokens(browser)["id_token"]
    other = RelyingParty()
    other.has_consent(browser)
    AuthorizationCode.objects.all().delete()
    assert_error(other.authorize(browser, id_token_hint=hint), "invalid_request")


def test_a_required_sub_claim_works_like_a_hint(rp, browser):
    rp.has_consent(browser)
    subject = browser.session_row.user.subject
    mine = claims_parameter(id_token={"sub": {"value": subject}})
    assert answer(rp.authorize(browser, claims=mine))["code"]
    AuthorizationCode.objects.all().delete()
    other = claims_parameter(id_token={"sub": {"value": "somebody else"}})
    assert_error(rp.authorize(browser, claims=other), "login_required")


def test_single_claims_need_the_consent_of_their_scope(rp, browser):
    rp.has_consent(browser, "openid")
    asked = claims_parameter(userinfo={"email": None})
    assert answer(rp.authorize(browser, scope="openid"))["code"]
    response = rp.authorize(browser, scope="openid", claims=asked)
    assert "/consent" in response["Location"]
    assert set(Interaction.objects.get().step["scope"]) == {"openid", "email"}


def test_single_claims_beyond_the_registration_are_ignored(browser):
    rp = RelyingParty(a_client(scope="openid"))
    rp.has_consent(browser, "openid")
    asked = claims_parameter(userinfo={"email": None}, id_token={"name": {"essential": True}})
    assert answer(rp.authorize(browser, scope="openid", claims=asked))["code"]
    assert Grant.objects.get().claims == {"id_token": [], "userinfo": []}


def test_an_interaction_keeps_only_what_rebuilds_the_request(rp):
    rp.authorize(HttpClient(), unheard_of="x" * 1000, login_hint="alice")
    kept = Interaction.objects.get().parameters
    assert kept["login_hint"] == "alice"
    assert "unheard_of" not in kept


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


def test_the_grant_records_how_the_person_authenticated(rp):
    browser = signed_in_browser(evidence=Evidence(knowledge=1))
    rp.code(browser)
    grant = Grant.objects.get()
    assert (grant.acr, grant.amr) == (LOA + "1", ["pwd"])
    assert grant.session == browser.session_row
    assert grant.auth_time == browser.session_row.events.get().at
