"""RFC 7009 2; OIDC.md B17."""

from __future__ import annotations

import pytest
from django.test import Client as HttpClient

from idp.models import SecurityEvent
from tests.factories import a_client, a_public_client
from tests.idp.relying_party import FORM, RelyingParty

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])


@pytest.fixture(params=["opaque", "jwt"])
def rp(request):
    return RelyingParty(a_client(access_token_format=request.param))


def revoke(rp, token, **form):
    response = rp.post("/revoke", {"token": token} | form)
    assert (response.status_code, response.content) == (200, b""), response.content
    assert response["Cache-Control"] == "no-store"


def kinds():
    return list(SecurityEvent.objects.values_list("kind", flat=True))


@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "unheard_of"])
def test_an_access_token_ends_alone_whatever_the_hint(rp, browser, hint):
    body = rp.tokens(browser)
    revoke(rp, body["access_token"], token_type_hint=hint)
    assert rp.introspect(body["access_token"]) == {"active": False}
    assert rp.userinfo(body["access_token"]).status_code == 401
    assert rp.refresh(body["refresh_token"]).status_code == 200
    assert kinds() == ["access_token.revoked"]


def test_a_refresh_token_takes_its_whole_grant_with_it(rp, browser):
    body = rp.tokens(browser)
    revoke(rp, body["refresh_token"])
    assert rp.introspect(body["access_token"]) == {"active": False}
    assert rp.refresh(body["refresh_token"]).json()["error"] == "invalid_grant"
    event = SecurityEvent.objects.get()
    assert (event.kind, event.client_id) == ("refresh_token.revoked", rp.row.client_id)
    assert event.subject == browser.session_row.user.subject


def test_a_used_refresh_token_still_ends_the_grant(rp, browser):
    first = rp.tokens(browser)
    second = rp.refresh(first["refresh_token"]).json()
    revoke(rp, first["refresh_token"])
    assert rp.introspect(second["access_token"]) == {"active": False}


@pytest.mark.parametrize("name", ["access_token", "refresh_token"])
def test_revoking_twice_changes_nothing_the_second_time(rp, browser, name):
    token = rp.tokens(browser)[name]
    revoke(rp, token)
    revoke(rp, token)
    assert len(kinds()) == 1


def test_b17_an_unknown_token_is_fine_and_tells_nothing(rp):
    revoke(rp, "unknown")
    assert kinds() == []


@pytest.mark.parametrize("name", ["access_token", "refresh_token"])
def test_b17_another_client_s_token_is_left_alone(rp, browser, name):
    body = rp.tokens(browser)
    revoke(RelyingParty(), body[name])
    assert rp.introspect(body["access_token"])["active"] is True
    assert rp.refresh(body["refresh_token"]).status_code == 200
    assert kinds() == []


def test_a_public_client_revokes_by_its_identifier(browser):
    rp = RelyingParty(a_public_client(), redirect_uri="http://127.0.0.1:1/callback")
    body = rp.tokens(browser)
    revoke(rp, body["refresh_token"])
    assert rp.refresh(body["refresh_token"]).status_code == 400


def test_nobody_else_revokes(rp, browser):
    token = rp.tokens(browser)["access_token"]
    wrong = {"HTTP_AUTHORIZATION": "Basic eDp5"}
    for headers in ({}, wrong):
        response = HttpClient().post("/revoke", f"token={token}", content_type=FORM, **headers)
        assert (response.status_code, response.json()["error"]) == (401, "invalid_client")
    assert rp.introspect(token)["active"] is True


def test_without_a_token_the_request_is_invalid(rp):
    response = rp.post("/revoke", {"token_type_hint": "access_token"})
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


def test_only_posted_forms_are_read(rp):
    assert HttpClient().get("/revoke").status_code == 405
    assert HttpClient().post("/revoke", "{}", content_type="application/json").status_code == 415
