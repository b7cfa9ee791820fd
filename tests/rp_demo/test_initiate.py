"""OpenID Connect Core 4; OIDC.md G6: a sign-in that begins elsewhere, at the bank's side."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from tests.rp_demo.fake_provider import ISSUER, callback

OWN = "http://testserver"


def arrive(browser, provider, response):
    """Come back from the provider; return where the bank leads then."""
    return browser.get(callback(provider.authorize(response["Location"])))["Location"]


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_sign_in_begins_at_the_known_provider(provider, method):
    browser = Client(enforce_csrf_checks=True)
    given = {"iss": ISSUER, "login_hint": "alice"}
    response = getattr(browser, method)("/initiate", given)
    assert response["Location"].startswith(f"{ISSUER}/authorize?")
    assert parse_qs(urlsplit(response["Location"]).query)["login_hint"] == ["alice"]
    assert arrive(browser, provider, response) == "/account"
    assert browser.get("/account").status_code == 200


@pytest.mark.parametrize("issuer", ["", "http://evil.test", f"{ISSUER}/", ISSUER.upper()])
def test_another_provider_is_refused(client, provider, issuer):
    answer = client.get("/initiate", {"iss": issuer} if issuer else {})
    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert "does not know that sign-in service" in answer.content.decode()


def test_the_person_arrives_where_the_link_was_to_lead(browser, provider):
    target = f"{OWN}/transfer?from=link"
    response = browser.get("/initiate", {"iss": ISSUER, "target_link_uri": target})
    assert arrive(browser, provider, response) == target


def test_who_is_signed_in_goes_straight_there(signed_in):
    target = f"{OWN}/transfer"
    asked = {"iss": ISSUER, "target_link_uri": target}
    assert signed_in.get("/initiate", asked)["Location"] == target
    assert signed_in.get("/initiate", {"iss": ISSUER})["Location"] == "/account"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/transfer",
        "\\\\evil.example",
        "http://testserver",
        "http://testserver.evil.example/",
        "http://testserver@evil.example/",
        "http://testserver:80@evil.example/",
        "https://testserver/account",
        "HTTP://testserver/account",
        "http://testserver/\r\nLocation: https://evil.example/",
        "javascript:alert(1)",
        "http://evil.example/http://testserver/",
    ],
)
def test_g6_nobody_is_led_to_another_origin(signed_in, browser, provider, target):
    asked = {"iss": ISSUER, "target_link_uri": target}
    for person in (signed_in, browser):
        answer = person.get("/initiate", asked)
        assert answer.status_code == 400
        assert "Location" not in answer.headers


def test_a_parameter_given_twice_is_refused(client, provider):
    assert client.get(f"/initiate?iss={ISSUER}&iss={ISSUER}").status_code == 400
