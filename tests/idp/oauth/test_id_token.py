"""OpenID Connect Core 2, 3.1.3.6, 3.3.2.11, 5.4; RFC 7515; RFC 8037; RFC 8725 3.1, 3.11."""

from __future__ import annotations

import base64
import hashlib

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from idp.oauth.id_token import id_token, read_hint
from idp.oauth.jose import Pinned
from idp.protocol.algorithms import SIGNING
from tests.factories import a_client, a_person
from tests.idp.relying_party import RelyingParty, claims_parameter, signed_in_browser

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
HASHES = {"ES256": "sha256", "RS256": "sha256", "PS256": "sha256", "EdDSA": "sha512"}


def half(value, algorithm):
    """Return the left half of the hash, written here a second time. OIDC Core 3.1.3.6."""
    whole = hashlib.new(HASHES[algorithm], value.encode()).digest()
    return base64.urlsafe_b64encode(whole[: len(whole) // 2]).rstrip(b"=").decode()


def read(rp, token):
    jwks = KeySet.import_key_set(rp.http.get("/jwks").json())
    return jwt.decode(token, jwks, registry=Pinned(*SIGNING))


@pytest.mark.parametrize("algorithm", SIGNING)
def test_each_algorithm_signs_and_binds_the_access_token(browser, algorithm):
    rp = RelyingParty(a_client(id_token_signed_response_alg=algorithm))
    first = rp.tokens(browser)
    for tokens in (first, rp.refresh(first["refresh_token"]).json()):
        token = read(rp, tokens["id_token"])
        assert (token.header["alg"], token.header["typ"]) == (algorithm, "JWT")
        assert token.claims["at_hash"] == half(tokens["access_token"], algorithm)
        assert "c_hash" not in token.claims
        assert read_hint(tokens["id_token"]) == token.claims


@pytest.mark.parametrize("algorithm", SIGNING)
def test_a_code_beside_the_token_is_bound_to_it(browser, algorithm):
    rp = RelyingParty(a_client(id_token_signed_response_alg=algorithm))
    rp.code(browser)
    grant = rp.row.grants.get()
    claims = read(rp, id_token(grant, rp.row, nonce="n", code="the code")).claims
    assert claims["c_hash"] == half("the code", algorithm)
    assert claims["nonce"] == "n"
    assert "at_hash" not in claims


def test_the_nonce_is_the_first_token_s_alone(rp, browser):
    first = rp.tokens(browser, nonce="once")
    second = rp.refresh(first["refresh_token"]).json()
    assert read(rp, first["id_token"]).claims["nonce"] == "once"
    assert "nonce" not in read(rp, second["id_token"]).claims


def test_without_openid_there_is_no_id_token(rp, browser):
    assert "id_token" not in rp.tokens(browser, scope="email")


def test_scopes_open_claims_in_the_token_only_where_no_access_token_goes_with_it(rp):
    browser = signed_in_browser(a_person(email="alice@example.org"))
    tokens = rp.tokens(browser, claims=claims_parameter(id_token={"given_name": None}))
    claims = read(rp, tokens["id_token"]).claims
    assert "email" not in claims
    assert claims["given_name"] == "Alice"
    alone = read(rp, id_token(rp.row.grants.get(), rp.row, scopes=["email"])).claims
    assert alone["email"] == "alice@example.org"
