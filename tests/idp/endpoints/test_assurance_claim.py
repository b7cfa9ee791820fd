"""ASSURANCE.md, "amr"; R-B-5, R-B-8; OpenID Connect Core 5.3; RFC 7662, 9068, 9470, 9701.

One authentication is told of in the same words in every token and in every answer.
"""

from __future__ import annotations

import json

import pytest
from joserfc import jws

from idp.models import Client, Grant
from idp.oauth.introspection import MEDIA_TYPE
from tests.factories import a_client, an_event
from tests.idp import evidence
from tests.idp.relying_party import ISSUER, RelyingParty, answer, signed_in_browser

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
CLAIM = f"{ISSUER}/claims/assurance"
SCOPE = "openid offline_access assurance_details"
AUTHENTICATED = ("acr", "amr", "auth_time")


@pytest.fixture
def rp():
    return RelyingParty(a_client(scope=SCOPE, access_token_format="jwt"))


@pytest.fixture
def browser():
    """A browser whose person has a password and a passkey behind the session."""
    made = signed_in_browser()
    an_event(made.session_row, method="passkey", evidence=evidence.PASSKEY)
    return made


def payload(token):
    return json.loads(jws.extract_compact(token.encode()).payload)


def tokens(rp, browser, scope=SCOPE):
    rp.has_consent(browser, SCOPE)
    return rp.redeem(answer(rp.authorize(browser, scope=scope))["code"]).json()


def everywhere(rp, given):
    """Return what each token and each answer about it says."""
    token = given["access_token"]
    signed = rp.post("/introspect", {"token": token}, HTTP_ACCEPT=MEDIA_TYPE)
    return {
        "ID token": rp.id_token(given)[1],
        "access token": payload(token),
        "RFC 7662": rp.introspect(token),
        "RFC 9701": payload(signed.content.decode())["token_introspection"],
        "userinfo": rp.userinfo(token).json(),
    }


def test_every_token_and_answer_tells_the_same_also_after_a_refresh(rp, browser):
    first = tokens(rp, browser)
    told = everywhere(rp, first)
    expected = {name: told["ID token"][name] for name in (*AUTHENTICATED, CLAIM)}
    assert expected["acr"] == "urn:countersign:acr:loa3"
    assert [one["kinds"] for one in expected[CLAIM]["evidence"]] == [
        ["knowledge"],
        ["possession", "local_user_verification"],
    ]
    renewed = everywhere(rp, rp.refresh(first["refresh_token"]).json())
    for where, said in (*told.items(), *renewed.items()):
        assert {name: said[name] for name in expected} == expected, where


def test_without_the_scope_nobody_is_told(rp, browser):
    told = everywhere(rp, tokens(rp, browser, "openid"))
    assert not any(CLAIM in said for said in told.values())
    assert not set(AUTHENTICATED) & told["userinfo"].keys()


def test_a_record_that_is_not_ours_is_told_of_by_nobody(rp, browser):
    given = tokens(rp, browser)
    grant = Grant.objects.get()
    grant.evidence_record["standing"]["level"] = 4
    grant.save()
    assert CLAIM not in rp.introspect(given["access_token"])
    assert CLAIM not in rp.userinfo(given["access_token"]).json()


def test_a_client_on_its_own_behalf_cannot_have_it():
    row = a_client(scope=SCOPE, grant_types=["client_credentials"], redirect_uris=[])
    form = {"grant_type": "client_credentials", "scope": "assurance_details"}
    assert RelyingParty(row).post("/token", form).json()["error"] == "invalid_scope"


def test_the_person_is_asked_for_it_in_words(rp, browser):
    Client.objects.update(name="Northwind Bank")
    page = browser.get(rp.authorize(browser, scope=SCOPE)["Location"]).content.decode()
    assert "How surely you were recognised, and by which kinds of proof" in page


def test_discovery_names_scope_and_claim(rp):
    found = rp.http.get("/.well-known/openid-configuration").json()
    assert "assurance_details" in found["scopes_supported"]
    assert CLAIM in found["claims_supported"]
