"""Authlib 1.9.9 server side: what was found broken must not be broken here. OIDC.md 2.4, 1 to 19.

Each test carries the number of its defect.
"""

from __future__ import annotations

import tomllib
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.core.management import call_command
from django.test import Client as HttpClient
from django.utils import timezone

from idp.models import Client, RefreshToken
from idp.oauth import refresh
from tests.factories import CLIENT_SECRET, PASSWORD, a_client, a_public_client
from tests.idp import client_jwt
from tests.idp.relying_party import (
    FORM,
    ISSUER,
    VERIFIER,
    RelyingParty,
    answer,
    basic,
)

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("mode", ["query", "form_post"])
@pytest.mark.parametrize("prompt", [None, "none"])
def test_defect_01_the_issuer_is_in_every_response(rp, browser, mode, prompt):
    if prompt is None:
        rp.has_consent(browser)
    response = rp.authorize(browser, response_mode=mode, prompt=prompt)
    if mode == "query":
        assert answer(response)["iss"] == ISSUER
    else:
        assert f'name="iss" value="{ISSUER}"' in response.content.decode()


def test_defect_02_userinfo_answers(rp, browser):
    tokens = rp.tokens(browser)
    assert rp.userinfo(tokens["access_token"]).json()["sub"]


def test_defect_03_form_post_is_done_for_codes_and_unknown_modes_are_refused(rp, browser):
    rp.has_consent(browser)
    response = rp.authorize(browser, response_mode="form_post")
    assert (response.status_code, "Location" in response) == (200, False)
    assert 'name="code"' in response.content.decode()
    refused = answer(rp.authorize(browser, response_mode="bogus"))
    assert refused["error"] == "invalid_request"


def test_defect_04_form_post_escapes_and_does_not_encode(rp, browser):
    rp.has_consent(browser)
    state = 'a b&"<script>'
    page = rp.authorize(browser, response_mode="form_post", state=state).content.decode()
    assert "a%20b" not in page
    assert '"<script>' not in page
    assert f'value="{state}"' in unescape(page)
    assert "onload" not in page


@pytest.mark.parametrize("confidential", [True, False])
def test_defect_05_pkce_is_required_at_both_endpoints_and_plain_is_refused(browser, confidential):
    rp = (
        RelyingParty()
        if confidential
        else RelyingParty(a_public_client(), redirect_uri="http://127.0.0.1:1/callback")
    )
    rp.has_consent(browser)
    without = {"code_challenge": None, "code_challenge_method": None}
    plain = {"code_challenge": VERIFIER, "code_challenge_method": "plain"}
    implied = {"code_challenge": VERIFIER, "code_challenge_method": None}
    for parameters in (without, plain, implied):
        assert answer(rp.authorize(browser, **parameters))["error"] == "invalid_request"
    assert rp.redeem(rp.code(browser), code_verifier=None).status_code == 400


@pytest.mark.parametrize(
    ("change", "header"),
    [
        ({"aud": "https://other.example"}, {}),
        ({"iss": "another"}, {}),
        ({"exp": None}, {}),
        ({}, {"typ": "logout+jwt"}),
    ],
    ids=["aud", "iss", "no-exp", "typ"],
)
def test_defect_06_request_objects_are_judged(browser, change, header):
    row = client_jwt.a_client_with_keys(require_signed_request_object=True)
    rp, now = RelyingParty(row), int(timezone.now().timestamp())
    rp.has_consent(browser)
    own = {"iss": row.client_id, "aud": ISSUER, "nbf": now, "exp": now + 60}
    good = client_jwt.sign(rp.request() | own)
    assert answer(rp.authorize(browser, request=good))["code"]
    bad = client_jwt.sign(rp.request() | own | change, **header)
    refused = answer(rp.authorize(browser, request=bad))
    assert refused["error"] == "invalid_request_object"


def test_defect_06_an_unsigned_request_object_is_refused(rp, browser):
    rp.has_consent(browser)
    refused = answer(rp.authorize(browser, request="eyJhbGciOiJub25lIn0.e30."))
    assert refused["error"] == "request_not_supported"


@pytest.mark.parametrize("query", ["grant_type=authorization_code", "client_id=x", "a=b"])
def test_defect_07_the_query_of_the_token_endpoint_is_refused(rp, browser, query):
    form = urlencode(
        {
            "grant_type": "authorization_code",
            "code": rp.code(browser),
            "redirect_uri": rp.redirect_uri,
            "code_verifier": VERIFIER,
        }
    )
    headers = basic(rp.row.client_id, CLIENT_SECRET)
    response = HttpClient().post(f"/token?{query}", form, content_type=FORM, **headers)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    "header",
    [
        "Basic /////w==",
        "Basic %",
        "Basic",
        "Basic Og==",
        "Basic bm9jb2xvbg==",
        "Basic JWZmOiVmZg==",
    ],
)
def test_defect_08_unreadable_basic_credentials_are_a_401(header):
    form = "grant_type=refresh_token&refresh_token=x"
    response = HttpClient().post("/token", form, content_type=FORM, HTTP_AUTHORIZATION=header)
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("name", ["nonce", "acr_values", "max_age", "code_challenge", "prompt"])
def test_defect_09_any_repeated_parameter_and_a_bad_max_age_are_refused(rp, browser, name):
    rp.has_consent(browser)
    query = urlencode([*rp.request().items(), (name, "1"), (name, "1")])
    assert answer(browser.get(f"/authorize?{query}"))["error"] == "invalid_request"
    assert answer(rp.authorize(browser, max_age="abc"))["error"] == "invalid_request"


def test_defect_10_a_proxied_request_without_https_is_no_server_error(settings):
    settings.ALLOWED_HOSTS = ["op.internal"]
    form = "grant_type=refresh_token&refresh_token=x"
    for path in ("/token", "/introspect"):
        response = HttpClient().post(path, form, content_type=FORM, HTTP_HOST="op.internal")
        assert response.status_code == 401
    assert HttpClient().get("/authorize", HTTP_HOST="op.internal").status_code == 400


def test_defect_11_a_code_is_used_up_and_leaves_a_trace(rp, browser):
    code = rp.code(browser)
    tokens = rp.redeem(code).json()
    assert rp.redeem(code).json()["error"] == "invalid_grant"
    assert rp.introspect(tokens["access_token"]) == {"active": False}


def test_defect_12_refresh_tokens_rotate_and_reuse_is_noticed(rp, browser):
    first = rp.tokens(browser)
    second = rp.refresh(first["refresh_token"]).json()
    RefreshToken.objects.exclude(used_at=None).update(used_at=timezone.now() - refresh.GRACE)
    assert rp.refresh(first["refresh_token"]).status_code == 400
    assert rp.refresh(second["refresh_token"]).status_code == 400


def test_defect_13_userinfo_reads_a_token_in_the_form(rp, browser):
    body = urlencode({"access_token": rp.tokens(browser)["access_token"]})
    assert HttpClient().post("/userinfo", body, content_type=FORM).status_code == 200


@pytest.mark.parametrize(
    ("signed", "pinned", "error"),
    [
        ("PS256", "", "invalid_grant"),
        ("EdDSA", "", "invalid_grant"),
        ("PS256", "PS256", "invalid_grant"),
        ("PS256", "RS256", "invalid_client"),
    ],
)
def test_defect_14_client_assertions_have_every_algorithm_and_each_client_its_own(
    signed, pinned, error
):
    row = client_jwt.a_client_with_keys(signed, token_endpoint_auth_signing_alg=pinned)
    response = RelyingParty(row, signing=signed).refresh("unknown")
    assert response.json()["error"] == error


def test_defect_15_only_hashes_are_stored_and_the_id_token_is_not(rp, browser):
    tokens = rp.tokens(browser)
    row = rp.row.grants.get().access_tokens.get()
    stored = str(vars(row))
    assert tokens["access_token"] not in stored
    assert tokens["id_token"] not in stored


def test_defect_16_prompt_login_is_done_once_and_prompt_none_tells_what_is_missing(rp, browser):
    assert answer(rp.authorize(browser, prompt="none"))["error"] == "consent_required"
    rp.has_consent(browser)
    person = browser.session_row.user
    login = rp.authorize(browser, prompt="login")["Location"]
    assert "/login" in login
    response = browser.post(login, {"username": person.username, "password": PASSWORD})
    while "/interaction/" in response["Location"]:
        assert "/login" not in response["Location"]
        response = browser.get(response["Location"])
    assert answer(response)["code"]


def test_defect_17_a_public_client_is_given_no_secret():
    call_command(
        "createclient",
        "app",
        "--name=App",
        "--redirect-uri=http://127.0.0.1/cb",
        "--public",
        "--native",
    )
    assert Client.objects.get(client_id="app").secret_sha256 == ""


def test_defect_18_what_upstream_lacks_is_here(rp, browser):
    rp.has_consent(browser)
    browser.session_row.events.update(at=timezone.now() - timedelta(minutes=1))
    assert "/login" in rp.authorize(browser, max_age="10")["Location"]
    _, claims = rp.id_token(rp.tokens(browser, acr_values="urn:countersign:acr:loa1"))
    assert claims["acr"] == "urn:countersign:acr:loa1"


def test_defect_19_the_versions_are_pinned_below_the_next_break():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert {"authlib>=1.9.9,<2", "joserfc>=1.8,<2"} <= set(project["dependencies"])


def test_a_description_with_odd_characters_is_no_server_error(browser):
    """Authlib raises ValueError where a refused value would stand in its error's description."""
    rp = RelyingParty(a_client(redirect_uris=["https://rp.example/callback"]))
    assert rp.authorize(browser, redirect_uri='https://rp.example/"\\\u00fc').status_code == 400
    rp.has_consent(browser)
    odd = answer(rp.authorize(browser, response_type='"\\\u00fc'))
    assert odd["error"] == "unsupported_response_type"
