"""OIDC.md, checklist A: the authorization request, line by line.

The rules behind a line have more tests where they live; here each line is held at the endpoint.
"""

from __future__ import annotations

from html import unescape
from urllib.parse import urlencode

import pytest
from django.test import Client as HttpClient

from idp.models import AuthorizationCode, Interaction, SecurityEvent
from idp.protocol.redirect_uri import problem
from tests.factories import a_client, a_public_client
from tests.idp.expecting import assert_page
from tests.idp.relying_party import (
    CHALLENGE,
    FORM,
    ISSUER,
    VERIFIER,
    RelyingParty,
    answer,
    claims_parameter,
    signed_in_browser,
)

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
LOA = "urn:countersign:acr:loa"
REGISTERED = "https://rp.example/callback"


@pytest.fixture
def rp(browser):
    rp = RelyingParty()
    rp.has_consent(browser)
    return rp


def error(response):
    return answer(response).get("error", "")


@pytest.mark.parametrize(
    "uri",
    [
        REGISTERED + "/",
        REGISTERED + "?",
        REGISTERED + "?a=b",
        REGISTERED + "#",
        REGISTERED + "#a",
        REGISTERED.upper(),
        "https://RP.example/callback",
        "https://rp.example:443/callback",
        "https://rp.example/./callback",
        "https://rp.example/x/../callback",
        "https://rp.example/%63allback",
        "https://rp.example%2fcallback",
        "https://user@rp.example/callback",
        "https://rp.example@evil.example/callback",
        "https://rp.example.evil.example/callback",
        "https://xn--rp-example/callback",
        "https://r\u200bp.example/callback",
        "https://*.example/callback",
        "http://rp.example/callback",
        "//rp.example/callback",
        "https:\\\\rp.example\\callback",
    ],
)
def test_a01_a_redirect_uri_is_compared_by_character_and_refused_by_a_page(rp, browser, uri):
    assert_page(rp.authorize(browser, redirect_uri=uri))


@pytest.mark.parametrize(
    ("uri", "native", "accepted"),
    [
        ("http://127.0.0.1:40000/callback", True, True),
        ("http://127.0.0.1:40000/callback", False, False),
        ("http://localhost:40000/callback", True, False),
    ],
)
def test_a01_a_native_client_s_loopback_address_has_any_port(browser, uri, native, accepted):
    kind = "native" if native else "web"
    rp = RelyingParty(a_public_client(application_type=kind), redirect_uri=uri)
    rp.has_consent(browser)
    assert (rp.authorize(browser).status_code == 303) is accepted


@pytest.mark.parametrize(
    "change", [{"client_id": "unknown"}, {"redirect_uri": "https://x.example/"}]
)
def test_a02_an_unknown_client_or_address_gets_a_page_without_a_location(rp, browser, change):
    response = rp.authorize(browser, **change)
    assert (response.status_code, "Location" in response) == (400, False)


def test_a03_with_several_addresses_registered_one_must_be_named(browser):
    rp = RelyingParty(a_client(redirect_uris=[REGISTERED, "https://rp.example/other"]))
    assert_page(rp.authorize(browser, redirect_uri=None))


@pytest.mark.parametrize(
    ("uri", "fine"),
    [
        ("com.example.app:/callback", True),
        ("myapp:/callback", False),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("file:///etc/passwd", False),
    ],
)
def test_a04_schemes_of_native_clients_have_a_dot_and_run_nothing(uri, fine):
    assert (problem(uri, native=True) == "") is fine


def test_a04_form_post_goes_to_the_web_alone(browser):
    uri = "com.example.app:/callback"
    rp = RelyingParty(a_public_client(redirect_uris=[uri]), redirect_uri=uri)
    rp.has_consent(browser)
    assert error(rp.authorize(browser, response_mode="form_post")) == "invalid_request"


@pytest.mark.parametrize(
    "change",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge_method": "plain", "code_challenge": VERIFIER},
        {"code_challenge_method": None, "code_challenge": VERIFIER},
        {"code_challenge": CHALLENGE[:-1]},
        {"code_challenge": CHALLENGE + "A"},
        {"code_challenge": CHALLENGE[:-1] + "="},
    ],
)
def test_a05_pkce_is_required_with_s256_and_a_sound_challenge(rp, browser, change):
    assert error(rp.authorize(browser, **change)) == "invalid_request"


@pytest.mark.parametrize("verifier", [None, "w" * 43])
def test_a05_a_confidential_client_proves_its_verifier_too(rp, browser, verifier):
    assert rp.redeem(rp.code(browser), code_verifier=verifier).status_code == 400


def test_a05_a_verifier_without_a_challenge_is_a_downgrade(browser):
    rp = RelyingParty(a_client(require_pkce=False))
    code = rp.code(browser, code_challenge=None, code_challenge_method=None)
    assert rp.redeem(code).status_code == 400


@pytest.mark.parametrize(
    "name", ["scope", "nonce", "acr_values", "max_age", "claims", "resource", "never_heard_of"]
)
def test_a06_no_parameter_comes_twice(rp, browser, name):
    query = urlencode([*rp.request().items(), (name, "1"), (name, "1")])
    assert error(browser.get(f"/authorize?{query}")) == "invalid_request"


@pytest.mark.parametrize("name", ["nonce", "acr_values", "claims", "login_hint", "never_heard_of"])
def test_a07_an_overlong_parameter_is_an_error(rp, browser, name):
    assert error(rp.authorize(browser, **{name: "x" * 70_000})) == "invalid_request"


def test_a07_an_overlong_state_gets_a_page(rp, browser):
    assert_page(rp.authorize(browser, state="x" * 70_000))


def test_a08_an_unknown_parameter_is_ignored(rp, browser):
    assert answer(rp.authorize(browser, never_heard_of="x"))["code"]


def test_a09_a_posted_request_needs_no_csrf_token_and_means_the_same(rp):
    browser = HttpClient(enforce_csrf_checks=True)
    browser.cookies = signed_in_browser().cookies
    browser.cookies["countersign_browser"] = "known"
    posted = browser.post("/authorize", urlencode(rp.request()), content_type=FORM)
    fetched = rp.authorize(browser)
    assert posted["Location"].rpartition("/")[2] == fetched["Location"].rpartition("/")[2]


def test_a10_request_and_request_uri_exclude_each_other(rp, browser):
    response = rp.authorize(browser, request="x", request_uri="https://rp.example/r")
    assert error(response) == "invalid_request"


def test_a10_a_reference_must_be_registered(rp, browser):
    response = rp.authorize(browser, request_uri="https://rp.example/r")
    assert error(response) == "invalid_request_uri"


@pytest.mark.parametrize("mode", ["query", "form_post"])
@pytest.mark.parametrize("prompt", [None, "none login"])
def test_a11_the_issuer_is_in_every_answer(rp, browser, mode, prompt):
    response = rp.authorize(browser, response_mode=mode, prompt=prompt)
    if mode == "query":
        assert answer(response)["iss"] == ISSUER
    else:
        assert f'name="iss" value="{ISSUER}"' in response.content.decode()


@pytest.mark.parametrize("mode", ["jwt", "query.jwt", "web_message", "QUERY", "query fragment"])
def test_a12_a13_a_response_mode_that_is_not_offered_is_an_error(rp, browser, mode):
    assert (
        mode
        not in HttpClient()
        .get("/.well-known/openid-configuration")
        .json()["response_modes_supported"]
    )
    assert error(rp.authorize(browser, response_mode=mode)) == "invalid_request"


@pytest.mark.parametrize(
    ("who", "change", "expected"),
    [
        ("nobody", {}, "login_required"),
        ("somebody", {"max_age": "0"}, "login_required"),
        ("without consent", {}, "consent_required"),
        ("somebody", {"claims": "essential"}, "unmet_authentication_requirements"),
    ],
)
def test_a14_prompt_none_shows_no_page(rp, browser, who, change, expected):
    if "claims" in change:
        asked = {"acr": {"essential": True, "values": [LOA + "4"]}}
        change = {"claims": claims_parameter(id_token=asked)}
    visitor = {"nobody": HttpClient(), "without consent": signed_in_browser()}.get(who, browser)
    assert error(rp.authorize(visitor, prompt="none", **change)) == expected
    assert not Interaction.objects.exists()


@pytest.mark.parametrize("more", ["login", "consent", "select_account"])
def test_a15_prompt_none_stands_alone(rp, browser, more):
    assert error(rp.authorize(browser, prompt=f"none {more}")) == "invalid_request"


def test_a16_a_hint_that_is_not_ours_is_never_trusted(rp, browser):
    own = rp.tokens(browser)["id_token"]
    header, claims, signature = own.split(".")
    changed = signature[:-4] + ("AAAA" if signature[-4:] != "AAAA" else "BBBB")
    for hint in (
        f"{header}.{claims}.{changed}",
        f"eyJhbGciOiJub25lIn0.{claims}.",
        RelyingParty().tokens(browser)["id_token"],
        "x",
    ):
        assert error(rp.authorize(browser, id_token_hint=hint)) == "invalid_request"
    assert answer(rp.authorize(browser, id_token_hint=own, prompt="none"))["code"]


def test_a16_a_hint_of_somebody_else_is_login_required(rp, browser):
    hint = rp.tokens(browser)["id_token"]
    other = signed_in_browser()
    rp.has_consent(other)
    response = rp.authorize(other, id_token_hint=hint, prompt="none")
    assert error(response) == "login_required"


@pytest.mark.parametrize("max_age", ["-1", "NaN", "1e3", "1.0", "0x1", " 1", "\u0661"])
def test_a17_a_max_age_is_a_number_of_seconds(rp, browser, max_age):
    assert error(rp.authorize(browser, max_age=max_age)) == "invalid_request"


def test_a17_max_age_zero_means_prompt_login_and_auth_time_is_there(rp, browser):
    assert "/login" in rp.authorize(browser, max_age="0")["Location"]
    assert "/login" in rp.authorize(browser, prompt="login")["Location"]
    _, claims = rp.id_token(rp.tokens(browser, max_age="10000"))
    assert isinstance(claims["auth_time"], int)


def test_a18_an_essential_acr_out_of_reach_is_an_error_and_a_voluntary_one_is_not(rp, browser):
    asked = {"acr": {"essential": True, "values": [LOA + "4"]}}
    response = rp.authorize(browser, claims=claims_parameter(id_token=asked))
    assert error(response) == "unmet_authentication_requirements"
    _, claims = rp.id_token(rp.tokens(browser, acr_values=LOA + "4"))
    assert claims["acr"] == LOA + "1"


def test_a18_the_client_s_floor_is_not_lowered_by_the_url(browser):
    rp = RelyingParty(a_client(minimum_acr=LOA + "2"))
    rp.has_consent(browser)
    response = rp.authorize(browser, acr_values=LOA + "1")
    assert error(response) == "unmet_authentication_requirements"


def test_a19_an_interaction_does_not_move_to_another_browser(rp):
    browser = signed_in_browser()
    page = rp.authorize(browser)["Location"]
    assert_page(signed_in_browser().get(page))
    assert SecurityEvent.objects.filter(kind="interaction.other_browser").exists()
    assert browser.get(page).status_code == 200


def test_a19_an_interaction_serves_once_and_two_tabs_do_not_cross(rp):
    browser = signed_in_browser()
    first = rp.authorize(browser, state="first")["Location"]
    second = rp.authorize(browser, state="second")["Location"]
    back = browser.post(second, {"answer": "approve"})["Location"]
    assert answer(browser.get(back))["state"] == "second"
    assert browser.get(back).status_code == 410
    assert (
        answer(browser.get(browser.post(first, {"answer": "approve"})["Location"]))["state"]
        == "first"
    )
    assert AuthorizationCode.objects.count() == 2


def test_a20_a_code_names_its_issuer_and_another_provider_s_code_is_refused(rp, browser):
    given = answer(rp.authorize(browser))
    assert given["iss"] == ISSUER
    foreign = given["code"][:-6] + "AAAAAA"
    assert rp.redeem(foreign).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("name", ["login_hint", "ui_locales", "display", "acr_values"])
def test_nothing_that_is_asked_runs_in_a_page(rp, name):
    text = "\"'><script>alert(1)</script>"
    browser = HttpClient()
    page = browser.get(rp.authorize(browser, **{name: text})["Location"])
    body = page.content.decode()
    assert "<script>alert" not in body
    assert name != "login_hint" or text in unescape(body)
