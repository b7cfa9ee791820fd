"""RFC 7662 2; RFC 9470 6.2; OIDC.md B16, C6."""

from __future__ import annotations

import pytest
from django.test import Client as HttpClient

from tests.factories import a_public_client
from tests.idp.relying_party import FORM, ISSUER, RelyingParty

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


def test_a_token_of_another_client_is_not_active_for_the_caller(rp, browser):
    assert RelyingParty().introspect(rp.tokens(browser)["access_token"]) == {"active": False}


@pytest.mark.parametrize("name", ["refresh_token", "id_token"])
def test_only_access_tokens_are_active(rp, browser, name):
    assert rp.introspect(rp.tokens(browser)[name]) == {"active": False}


def test_an_unknown_token_is_not_active(rp):
    assert rp.introspect("unknown") == {"active": False}


def test_without_a_token_the_request_is_invalid(rp):
    assert rp.post("/introspect", {"token_type_hint": "access_token"}).status_code == 400


def test_a_public_client_may_not_ask():
    public = RelyingParty(a_public_client())
    response = public.post("/introspect", {"token": "x"})
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


def test_nobody_asks_anonymously():
    response = HttpClient().post("/introspect", "token=x", content_type=FORM)
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


def test_only_posted_forms_are_read(rp):
    assert HttpClient().get("/introspect").status_code == 405
    response = HttpClient().post("/introspect", "{}", content_type="application/json")
    assert response.status_code == 415


def test_one_statement_answers(rp, browser, django_assert_num_queries):
    token = rp.tokens(browser)["access_token"]
    with django_assert_num_queries(1):
        rp.introspect(token)
