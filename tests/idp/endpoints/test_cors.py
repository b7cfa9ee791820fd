"""Fetch Standard 3.2 (CORS): clients in the browser, and the pages that nobody may read."""

from __future__ import annotations

import pytest
from django.test import Client as HttpClient

from tests.factories import a_public_client
from tests.idp.relying_party import RelyingParty, signed_in_browser

SPA = "https://spa.example"
SHARED = [
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
    "/.well-known/webfinger",
    "/jwks",
    "/token",
    "/userinfo",
    "/revoke",
]
OURS = ["/authorize", "/logout", "/account/", "/check-session", "/introspect"]
pytestmark = pytest.mark.django_db(databases=["default", "biometric"])


def preflight(path, method="POST"):
    headers = {"origin": SPA, "access-control-request-method": method}
    return HttpClient().options(path, headers=headers)


@pytest.mark.parametrize("path", SHARED)
def test_every_origin_may_ask_without_credentials(path):
    response = preflight(path)
    assert response.status_code == 204
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Access-Control-Allow-Headers"] == "Authorization, Content-Type"
    assert "Access-Control-Allow-Credentials" not in response


@pytest.mark.parametrize("path", SHARED)
def test_an_error_can_be_read_as_well(path):
    response = HttpClient().delete(path, headers={"origin": SPA})
    assert response.status_code == 405
    assert response["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", OURS)
def test_no_script_of_another_origin_reads_what_looks_at_cookies(path):
    browser = signed_in_browser()
    for response in (preflight(path), browser.get(path, headers={"origin": SPA})):
        assert not [name for name in response.headers if name.startswith("Access-Control")]


def test_a_client_in_the_browser_redeems_its_code_and_asks_userinfo():
    redirect_uri = f"{SPA}/callback"
    rp = RelyingParty(a_public_client(redirect_uris=[redirect_uri]), redirect_uri=redirect_uri)
    response = rp.redeem(rp.code(signed_in_browser()))
    assert response.status_code == 200
    assert response["Access-Control-Allow-Origin"] == "*"
    bearer = {"origin": SPA, "authorization": f"Bearer {response.json()['access_token']}"}
    assert HttpClient().get("/userinfo", headers=bearer)["Access-Control-Allow-Origin"] == "*"


def test_a_client_in_the_browser_reads_why_its_token_is_refused():
    response = HttpClient().get("/userinfo", headers={"origin": SPA, "authorization": "Bearer no"})
    assert response["Access-Control-Expose-Headers"] == "WWW-Authenticate"
    assert 'error="invalid_token"' in response["WWW-Authenticate"]


def test_options_without_a_preflight_is_a_method_like_any_other():
    assert HttpClient().options("/token").status_code == 405
