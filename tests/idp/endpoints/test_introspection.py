"""RFC 7662 2; RFC 9470 6.2; OIDC.md B16, C6."""

from __future__ import annotations

import pytest
from django.test import Client as HttpClient

from idp.models.session import sid_of
from tests.factories import a_client, a_public_client, a_resource
from tests.idp.relying_party import FORM, ISSUER, RelyingParty, answer

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])


def test_a_resource_server_learns_how_the_person_authenticated(rp, browser):
    tokens = rp.tokens(browser)
    _, claims = rp.id_token(tokens)
    response = rp.post("/introspect", {"token": tokens["access_token"]})
    found = response.json()
    assert response["Cache-Control"] == "no-store"
    assert found["active"] is True
    assert found["iss"] == ISSUER
    assert found["client_id"] == rp.row.client_id
    assert found["scope"] == tokens["scope"]
    assert found["exp"] - found["iat"] == 600
    for claim in ("sub", "acr", "amr", "auth_time"):
        assert found[claim] == claims[claim]


def test_b16_a_token_of_another_client_is_not_active_for_the_caller(rp, browser):
    assert RelyingParty().introspect(rp.tokens(browser)["access_token"]) == {"active": False}


def test_an_id_token_is_not_active(rp, browser):
    assert rp.introspect(rp.tokens(browser)["id_token"]) == {"active": False}


def test_a_client_learns_of_its_own_refresh_tokens(rp, browser):
    first = rp.tokens(browser)
    told = rp.introspect(first["refresh_token"])
    assert told["active"] is True
    assert "token_type" not in told
    assert (told["client_id"], told["scope"]) == (rp.row.client_id, first["scope"])
    assert told["exp"] - told["iat"] == 30 * 24 * 3600
    rp.refresh(first["refresh_token"])
    assert rp.introspect(first["refresh_token"]) == {"active": False}


@pytest.mark.parametrize("form", ["opaque", "jwt"])
def test_b16_a_resource_learns_of_tokens_for_it_and_of_no_others(browser, form):
    server = RelyingParty()
    resource = a_resource(client=server.row, access_token_format=form)
    rp = RelyingParty(a_client(scope=f"openid offline_access {resource.scope}"))
    rp.has_consent(browser, rp.row.scope)
    query = rp.request(scope=rp.row.scope)
    code = answer(browser.get("/authorize", query))["code"]
    body = rp.redeem(code, resource=resource.identifier).json()
    told = server.introspect(body["access_token"])
    assert (told["active"], told["aud"], told["scope"]) == (
        True,
        resource.identifier,
        resource.scope,
    )
    assert told["client_id"] == rp.row.client_id
    assert told["sid"] == sid_of(browser.session_row.pk, rp.row.pk)
    assert ("jti" in told) is (form == "jwt")
    assert rp.introspect(body["access_token"]) == told
    assert server.introspect(body["refresh_token"]) == {"active": False}
    wide = rp.refresh(body["refresh_token"]).json()
    assert server.introspect(wide["access_token"]) == {"active": False}


def test_b16_neither_another_resource_nor_one_that_was_taken_down_learns_anything(browser):
    server, other = RelyingParty(), RelyingParty()
    resource, _ = a_resource(client=server.row), a_resource(client=other.row)
    rp = RelyingParty(a_client(scope=f"openid {resource.scope}"))
    rp.has_consent(browser, rp.row.scope)
    query = rp.request(scope=rp.row.scope, resource=resource.identifier)
    token = rp.redeem(answer(browser.get("/authorize", query))["code"]).json()["access_token"]
    assert server.introspect(token)["active"] is True
    assert other.introspect(token) == {"active": False}
    resource.is_active = False
    resource.save()
    assert server.introspect(token) == {"active": False}


def test_an_unknown_token_is_not_active(rp):
    assert rp.introspect("unknown") == {"active": False}


def test_without_a_token_the_request_is_invalid(rp):
    assert rp.post("/introspect", {"token_type_hint": "access_token"}).status_code == 400


def test_c6_a_public_client_may_not_ask():
    public = RelyingParty(a_public_client())
    response = public.post("/introspect", {"token": "x"})
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


def test_b16_nobody_asks_anonymously():
    response = HttpClient().post("/introspect", "token=x", content_type=FORM)
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


def test_only_posted_forms_are_read(rp):
    assert HttpClient().get("/introspect").status_code == 405
    response = HttpClient().post("/introspect", "{}", content_type="application/json")
    assert response.status_code == 415


def test_two_statements_answer(rp, browser, django_assert_num_queries):
    token = rp.tokens(browser)["access_token"]
    with django_assert_num_queries(2):  # the client as it is now, and the token with its grant
        rp.introspect(token)
