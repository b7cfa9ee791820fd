"""OpenID Connect Core 5.3.2, 10.2, 16.14; RFC 7516; RFC 9701 5, 6: for one client's eyes."""

from __future__ import annotations

import json

import pytest
from joserfc import jwe, jwt
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

from idp.models import AuthorizationCode
from idp.oauth.id_token import read_hint
from idp.oauth.jose import Pinned
from idp.protocol.algorithms import CONTENT_ENCRYPTION, KEY_MANAGEMENT, SIGNING
from tests.factories import a_client
from tests.idp.internet import answer as document
from tests.idp.relying_party import ISSUER, RelyingParty, answer

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
RSA, EC, OKP = (
    RSAKey.generate_key(2048),
    ECKey.generate_key("P-256"),
    OKPKey.generate_key("X25519"),
)
WANTS_JWT = {"HTTP_ACCEPT": "application/token-introspection+jwt"}


def a_reader(*keys, **fields):
    """Return a relying party whose public keys are `keys`."""
    jwks = {"keys": [key.as_dict(private=False) | {"kid": key.thumbprint()} for key in keys]}
    return RelyingParty(a_client(jwks=jwks, **fields))


def opened(token, key):
    """Return header and content of a JWE."""
    found = jwe.decrypt_compact(token, key, algorithms=[*KEY_MANAGEMENT, *CONTENT_ENCRYPTION])
    return found.headers(), found.plaintext.decode()


def signed(rp, token):
    jwks = KeySet.import_key_set(rp.http.get("/jwks").json())
    return jwt.decode(token, jwks, registry=Pinned(*SIGNING))


@pytest.mark.parametrize(
    ("operations", "status"),
    [(["verify"], 400), (["sign"], 400), ([], 200), (["wrapKey"], 200), (["encrypt"], 200)],
    ids=str,
)
def test_a_fetched_key_serves_what_its_operations_say(browser, internet, operations, status):
    site = internet.site("rp.example")
    site.says = document({"keys": [RSA.as_dict(private=False) | {"key_ops": operations}]})
    fields = {"jwks_uri": "https://rp.example/jwks", "id_token_encrypted_response_alg": "RSA-OAEP"}
    rp = RelyingParty(a_client(**fields))
    assert rp.redeem(rp.code(browser)).status_code == status


@pytest.mark.parametrize("encryption", ["", *CONTENT_ENCRYPTION])
@pytest.mark.parametrize("algorithm", KEY_MANAGEMENT)
def test_an_id_token_is_signed_then_encrypted(browser, algorithm, encryption):
    key = RSA if algorithm.startswith("RSA") else EC
    rp = a_reader(
        key,
        id_token_encrypted_response_alg=algorithm,
        id_token_encrypted_response_enc=encryption,
    )
    header, inner = opened(rp.tokens(browser)["id_token"], key)
    assert (header["alg"], header["enc"]) == (algorithm, encryption or "A128CBC-HS256")
    assert (header["cty"], header["kid"]) == ("JWT", key.thumbprint())
    token = signed(rp, inner)
    assert (token.header["alg"], token.claims["aud"]) == ("ES256", rp.row.client_id)
    assert read_hint(inner) == token.claims


def test_a_key_of_the_newer_curve_serves_as_well(browser):
    rp = a_reader(OKP, id_token_encrypted_response_alg="ECDH-ES+A256KW")
    assert signed(rp, opened(rp.tokens(browser)["id_token"], OKP)[1])


def test_a_client_without_a_fitting_key_gets_an_error_and_keeps_its_code(browser):
    rp = a_reader(EC, id_token_encrypted_response_alg="RSA-OAEP-256")
    response = rp.redeem(rp.code(browser))
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")
    assert AuthorizationCode.objects.get().redeemed_at is None


def test_the_front_channel_tells_the_client_that_it_has_no_key(browser):
    rp = a_reader(
        EC,
        id_token_encrypted_response_alg="RSA-OAEP",
        response_types=["code id_token"],
        grant_types=["authorization_code", "implicit"],
    )
    rp.has_consent(browser)
    asked = rp.authorize(browser, response_type="code id_token")
    assert asked.status_code == 303
    assert "error=invalid_request" in asked["Location"]
    assert "id_token=" not in asked["Location"]


@pytest.mark.parametrize("algorithm", SIGNING)
def test_userinfo_is_signed_where_registered(browser, algorithm):
    rp = a_reader(userinfo_signed_response_alg=algorithm)
    response = rp.userinfo(rp.tokens(browser)["access_token"])
    assert (response["Content-Type"], response["Cache-Control"]) == ("application/jwt", "no-store")
    token = signed(rp, response.content.decode())
    assert token.header["alg"] == algorithm
    assert (token.claims["iss"], token.claims["aud"]) == (ISSUER, rp.row.client_id)
    assert token.claims["sub"] == browser.session_row.user.subject
    assert token.claims["given_name"] == "Alice"


def test_userinfo_is_signed_then_encrypted(browser):
    rp = a_reader(
        RSA, userinfo_signed_response_alg="RS256", userinfo_encrypted_response_alg="RSA-OAEP"
    )
    response = rp.userinfo(rp.tokens(browser)["access_token"])
    header, inner = opened(response.content.decode(), RSA)
    assert header["cty"] == "JWT"
    assert signed(rp, inner).claims["given_name"] == "Alice"


def test_userinfo_is_encrypted_alone_where_only_that_is_registered(browser):
    rp = a_reader(EC, userinfo_encrypted_response_alg="ECDH-ES")
    response = rp.userinfo(rp.tokens(browser)["access_token"])
    header, inner = opened(response.content.decode(), EC)
    assert response["Content-Type"] == "application/jwt"
    assert "cty" not in header
    assert json.loads(inner)["given_name"] == "Alice"


def test_userinfo_for_a_client_without_a_key_is_an_error_in_words(browser):
    rp = a_reader(userinfo_encrypted_response_alg="ECDH-ES")
    response = rp.userinfo(rp.tokens(browser)["access_token"])
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


def test_b15_signed_userinfo_is_no_id_token(browser):
    rp = a_reader(userinfo_signed_response_alg="ES256")
    content = rp.userinfo(rp.tokens(browser)["access_token"]).content.decode()
    assert read_hint(content) is None
    rp.has_consent(browser)
    refused = answer(rp.authorize(browser, prompt="none", id_token_hint=content))
    assert refused["error"] == "invalid_request"


@pytest.mark.parametrize(("registered", "used"), [("", "RS256"), ("ES256", "ES256")])
def test_introspection_is_answered_by_a_jwt_for_the_caller_alone(browser, registered, used):
    rp = a_reader(introspection_signed_response_alg=registered)
    token = rp.tokens(browser)["access_token"]
    response = rp.post("/introspect", {"token": token}, **WANTS_JWT)
    assert response["Content-Type"] == "application/token-introspection+jwt"
    assert response["Cache-Control"] == "no-store"
    found = signed(rp, response.content.decode())
    assert (found.header["typ"], found.header["alg"]) == ("token-introspection+jwt", used)
    assert found.claims.keys() == {"iss", "aud", "iat", "token_introspection"}
    assert (found.claims["iss"], found.claims["aud"]) == (ISSUER, rp.row.client_id)
    assert found.claims["token_introspection"] == rp.introspect(token)


def test_an_inactive_token_is_told_of_in_the_same_form(rp):
    response = rp.post("/introspect", {"token": "unknown"}, **WANTS_JWT)
    found = signed(rp, response.content.decode())
    assert found.claims["token_introspection"] == {"active": False}


def test_an_introspection_answer_is_encrypted_where_registered(browser):
    rp = a_reader(RSA, introspection_encrypted_response_alg="RSA-OAEP-256")
    token = rp.tokens(browser)["access_token"]
    response = rp.post("/introspect", {"token": token}, **WANTS_JWT)
    header, inner = opened(response.content.decode(), RSA)
    assert header["enc"] == "A128CBC-HS256"
    assert signed(rp, inner).claims["token_introspection"]["active"] is True
