"""OpenID Connect Core 5.3, 5.4, 5.5; RFC 6750 2 and 3; OIDC.md B14."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client as HttpClient
from django.utils import timezone

from idp.models import AccessToken, Grant
from tests.factories import a_client, a_person
from tests.idp.relying_party import FORM, RelyingParty, answer, claims_parameter, signed_in_browser

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
STANDARD = {
    "email": "alice@example.org",
    "email_verified": True,
    "phone_number": "+41 44 000 00 00",
    "phone_number_verified": False,
    "address": {"country": "CH"},
    "birthdate": "1990-01-01",
    "nickname": "",
}
ALL = "openid profile email phone address"


@pytest.fixture
def browser():
    return signed_in_browser(a_person(claims=STANDARD))


@pytest.fixture
def rp():
    return RelyingParty(a_client(scope=ALL))


@pytest.fixture
def token(rp, browser):
    return give(rp, browser, "openid email")


def give(rp, browser, scope, **parameters):
    rp.has_consent(browser, ALL)
    return rp.redeem(rp_code(rp, browser, scope, **parameters)).json()["access_token"]


def rp_code(rp, browser, scope, **parameters):
    return answer(rp.authorize(browser, scope=scope, **parameters))["code"]


@pytest.mark.parametrize(
    ("scope", "names"),
    [
        ("openid", {"sub"}),
        ("openid email", {"sub", "email", "email_verified"}),
        ("openid phone", {"sub", "phone_number", "phone_number_verified"}),
        ("openid address", {"sub", "address"}),
        (
            "openid profile",
            {"sub", "name", "given_name", "family_name", "preferred_username", "birthdate"},
        ),
    ],
)
def test_scopes_open_their_claims_and_no_others(rp, browser, scope, names):
    response = rp.userinfo(give(rp, browser, scope))
    assert response.status_code == 200
    assert response.json().keys() == names
    assert response.json()["sub"] == browser.session_row.user.subject
    assert response["Cache-Control"] == "no-store"


def test_a_single_claim_is_opened_by_the_claims_parameter(rp, browser):
    asked = claims_parameter(userinfo={"birthdate": {"essential": True}, "unheard_of": None})
    found = rp.userinfo(give(rp, browser, "openid", claims=asked)).json()
    assert found.keys() == {"sub", "birthdate"}


def test_a_single_claim_of_the_id_token_stays_there(rp, browser):
    rp.has_consent(browser, ALL)
    asked = claims_parameter(id_token={"email": None})
    tokens = rp.redeem(rp_code(rp, browser, "openid", claims=asked)).json()
    assert rp.id_token(tokens)[1]["email"] == "alice@example.org"
    assert "email" not in rp.userinfo(tokens["access_token"]).json()


def test_header_and_form_are_equivalent(token):
    http = HttpClient()
    header = {"Authorization": f"Bearer {token}"}
    answers = [
        http.get("/userinfo", headers=header),
        http.post("/userinfo", headers=header),
        http.post("/userinfo", urlencode({"access_token": token}), content_type=FORM),
        http.get("/userinfo", HTTP_AUTHORIZATION=f"bearer {token}"),
    ]
    assert {response.status_code for response in answers} == {200}
    assert len({response.content for response in answers}) == 1


def test_b14_a_token_in_the_query_is_refused(token):
    response = HttpClient().get(f"/userinfo?access_token={token}")
    assert response.status_code == 400
    assert token not in response.content.decode()


def test_a_token_in_two_places_is_refused(token):
    body = urlencode({"access_token": token})
    header = {"Authorization": f"Bearer {token}"}
    assert (
        HttpClient().post("/userinfo", body, content_type=FORM, headers=header).status_code == 400
    )


def test_without_a_token_the_challenge_has_no_error():
    response = HttpClient().get("/userinfo")
    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")
    assert HttpClient().get("/userinfo", HTTP_AUTHORIZATION="Basic eDp5").status_code == 401


@pytest.mark.parametrize("value", ["nonsense", "\u00fc", "a" * 10_000, "a b"])
def test_an_unknown_token_is_invalid(value):
    response = HttpClient().get("/userinfo", HTTP_AUTHORIZATION=f"Bearer {value}")
    assert response.status_code == 401
    assert 'error="invalid_token"' in response["WWW-Authenticate"]


def test_a_token_without_openid_is_not_enough(rp, browser):
    response = rp.userinfo(give(rp, browser, "email"))
    assert response.status_code == 403
    assert 'error="insufficient_scope"' in response["WWW-Authenticate"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda: AccessToken.objects.update(expires_at=timezone.now()),
        lambda: AccessToken.objects.update(revoked_at=timezone.now()),
        lambda: Grant.objects.all().revoke(),
    ],
    ids=["expired", "revoked", "family-revoked"],
)
def test_an_expired_or_revoked_token_is_invalid(rp, token, spoil):
    assert rp.userinfo(token).status_code == 200
    spoil()
    assert rp.userinfo(token).status_code == 401


def test_a_token_lives_ten_minutes(token):
    row = AccessToken.objects.get()
    assert row.expires_at - row.issued_at == timedelta(minutes=10)


def test_one_statement_answers(rp, token, django_assert_num_queries):
    with django_assert_num_queries(1):
        rp.userinfo(token)


def test_b15_an_id_token_is_no_access_token(rp, browser):
    rp.has_consent(browser, ALL)
    tokens = rp.redeem(rp_code(rp, browser, "openid")).json()
    assert rp.userinfo(tokens["id_token"]).status_code == 401


@pytest.mark.parametrize("method", ["put", "delete", "head"])
def test_other_methods_are_refused(method):
    assert getattr(HttpClient(), method)("/userinfo").status_code == 405
