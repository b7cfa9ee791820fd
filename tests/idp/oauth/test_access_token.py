"""RFC 8707 2; RFC 9068 2, 4; RFC 6750; OIDC.md B11, B15, B18."""

from __future__ import annotations

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from idp.models import AccessToken, Grant
from idp.oauth.jose import Pinned
from idp.protocol.algorithms import SIGNING
from tests.factories import a_client, a_resource
from tests.idp.relying_party import ISSUER, SCOPE, RelyingParty, answer

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
ALL = f"{SCOPE} payments:read payments:write"


@pytest.fixture
def rp():
    return RelyingParty(a_client(scope=ALL, access_token_format="jwt"))


@pytest.fixture
def resource():
    return a_resource()


def give(rp, browser, scope=ALL, *, resource=None, **form):
    """Return the answer to a code of a request for `scope`, redeemed with `form`."""
    rp.has_consent(browser, ALL)
    code = answer(rp.authorize(browser, scope=scope, resource=resource))["code"]
    return rp.redeem(code, **form)


def read(rp, token):
    jwks = KeySet.import_key_set(rp.http.get("/jwks").json())
    return jwt.decode(token, jwks, registry=Pinned(*SIGNING))


def is_jwt(token):
    return token.count(".") == 2


def test_b15_a_jwt_says_what_introspection_says(rp, browser):
    body = give(rp, browser).json()
    token = read(rp, body["access_token"])
    _, identity = rp.id_token(body)
    assert token.header["typ"] == "at+jwt"
    assert token.claims["iss"] == token.claims["aud"] == ISSUER
    assert token.claims["client_id"] == rp.row.client_id
    assert token.claims["exp"] - token.claims["iat"] == body["expires_in"] == 600
    assert token.claims["scope"] == body["scope"] == ALL
    for claim in ("sub", "acr", "amr", "auth_time", "sid"):
        assert token.claims[claim] == identity[claim]
    told = rp.introspect(body["access_token"])
    assert told == token.claims | {"active": True, "token_type": "Bearer"}


def test_b11_no_two_tokens_share_a_jti_and_none_can_be_guessed(rp, browser):
    first = give(rp, browser).json()
    second = rp.refresh(first["refresh_token"]).json()
    found = {read(rp, body["access_token"]).claims["jti"] for body in (first, second)}
    assert len(found) == 2
    assert {len(jti) for jti in found} == {43}


def test_a_jwt_is_revoked_and_opens_userinfo_as_an_opaque_token_does(rp, browser):
    token = give(rp, browser).json()["access_token"]
    assert rp.userinfo(token).status_code == 200
    assert AccessToken.objects.get().token_sha256 not in token
    Grant.objects.all().revoke()
    assert rp.userinfo(token).status_code == 401
    assert rp.introspect(token) == {"active": False}


def test_b15_a_changed_jwt_opens_nothing(rp, browser):
    head, body, signature = give(rp, browser).json()["access_token"].split(".")
    for changed in (f"{head}.{body}.", f"{head}.{body}.{signature[:-4]}AAAA"):
        assert rp.userinfo(changed).status_code == 401


@pytest.mark.parametrize(
    ("of_client", "of_resource", "form"),
    [
        ("opaque", "", "opaque"),
        ("jwt", "", "jwt"),
        ("opaque", "jwt", "jwt"),
        ("jwt", "opaque", "opaque"),
    ],
)
def test_the_resource_chooses_the_form_or_leaves_it_to_the_client(
    browser, of_client, of_resource, form
):
    rp = RelyingParty(a_client(scope=ALL, access_token_format=of_client))
    resource = a_resource(access_token_format=of_resource)
    body = give(rp, browser, resource=resource.identifier).json()
    assert is_jwt(body["access_token"]) is (form == "jwt")
    assert rp.introspect(body["access_token"])["aud"] == resource.identifier


def test_b18_a_resource_gets_its_own_scopes_and_nothing_else(rp, browser, resource):
    body = give(rp, browser, resource=resource.identifier).json()
    claims = read(rp, body["access_token"]).claims
    assert claims["aud"] == resource.identifier
    assert claims["scope"] == body["scope"] == resource.scope
    assert rp.userinfo(body["access_token"]).status_code == 401
    assert rp.id_token(body)[1]["sub"] == claims["sub"]


def test_b18_the_token_request_may_narrow_to_a_resource(rp, browser, resource):
    rp.has_consent(browser, ALL)
    code = answer(rp.authorize(browser, scope="openid email offline_access payments:read"))["code"]
    first = rp.redeem(code, resource=resource.identifier).json()
    assert (first["scope"], rp.introspect(first["access_token"])["aud"]) == (
        "payments:read",
        resource.identifier,
    )
    wide = rp.refresh(first["refresh_token"]).json()
    assert wide["scope"] == "openid email offline_access payments:read"
    assert rp.userinfo(wide["access_token"]).json()["sub"]
    narrow = rp.refresh(wide["refresh_token"], resource=resource.identifier).json()
    assert narrow["scope"] == "payments:read"


@pytest.mark.parametrize("spoil", [{"identifier": "https://gone.example/"}, {"is_active": False}])
def test_b18_an_unknown_resource_is_an_invalid_target(rp, browser, resource, spoil):
    asked = resource.identifier
    for name, value in spoil.items():
        setattr(resource, name, value)
    resource.save()
    rp.has_consent(browser, ALL)
    refused = answer(rp.authorize(browser, scope=ALL, resource=asked))
    assert refused["error"] == "invalid_target"
    code = answer(rp.authorize(browser, scope=ALL))["code"]
    response = rp.redeem(code, resource=asked)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_target")
    assert rp.redeem(code).status_code == 200


def test_b18_what_was_authorized_for_one_resource_is_for_no_other(rp, browser, resource):
    rp.has_consent(browser, ALL)
    asked = rp.authorize(browser, scope=ALL, resource=resource.identifier)
    code, another = answer(asked)["code"], a_resource()
    response = rp.redeem(code, resource=another.identifier)
    assert response.json()["error"] == "invalid_target"
    body = rp.redeem(code).json()
    assert rp.introspect(body["access_token"])["aud"] == resource.identifier
    renewed = rp.refresh(body["refresh_token"], resource=another.identifier)
    assert renewed.json()["error"] == "invalid_target"
    assert rp.refresh(body["refresh_token"]).status_code == 200


def test_a_token_that_would_open_nothing_is_not_given(rp, browser, resource):
    rp.has_consent(browser, ALL)
    asked = rp.authorize(browser, scope="openid", resource=resource.identifier)
    assert answer(asked)["error"] == "invalid_scope"
    code = answer(rp.authorize(browser, scope="openid"))["code"]
    assert rp.redeem(code, resource=resource.identifier).json()["error"] == "invalid_scope"
