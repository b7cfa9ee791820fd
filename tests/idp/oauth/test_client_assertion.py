"""RFC 7523 2.2, 3; OpenID Connect Core 9; RFC 8725 2.1, 3.1; OIDC.md C1, C2, C3, C6."""

from __future__ import annotations

import base64
import hmac
import json
import time

import pytest
from django.test import Client as HttpClient

from tests.factories import CLIENT_SECRET, a_client
from tests.idp.client_jwt import (
    ASSERTION_TYPE,
    In,
    a_client_that_signs_with_its_secret,
    a_client_with_keys,
    assertion,
    assertion_form,
    key_for,
)
from tests.idp.relying_party import ISSUER, RelyingParty, basic, form_post

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
REFRESH = {"grant_type": "refresh_token", "refresh_token": "unknown"}
ACCEPTED = ("invalid_grant", 400)
REFUSED = ("invalid_client", 401)


def outcome(form, **headers):
    response = form_post("/token", REFRESH | form, **headers)
    return response.json()["error"], response.status_code


def presented(given, **more):
    return outcome(assertion_form(given) | more)


@pytest.mark.parametrize("algorithm", ["ES256", "RS256", "PS256", "EdDSA"])
def test_a_client_authenticates_with_its_own_key(browser, algorithm):
    rp = RelyingParty(a_client_with_keys(algorithm), signing=algorithm)
    assert rp.tokens(browser)["access_token"]


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_a_client_authenticates_with_a_signature_of_its_secret(browser, algorithm):
    rp = RelyingParty(a_client_that_signs_with_its_secret(), signing=algorithm)
    assert rp.tokens(browser)["access_token"]


def test_the_secret_of_a_client_that_signs_with_it_is_stored_sealed():
    row = a_client_that_signs_with_its_secret()
    assert CLIENT_SECRET.encode() not in bytes(row.sealed_secret)
    assert row.open_secret() == CLIENT_SECRET


@pytest.mark.parametrize(
    "change",
    [
        {"aud": ISSUER},
        {"aud": f"{ISSUER}/token"},
        {"aud": [ISSUER]},
        {"nbf": In(8)},
        {"exp": In(590)},
        {"iat": None},
        {"exp": In(60.5)},
    ],
    ids=str,
)
def test_c3_what_rfc_7523_allows_is_accepted(change):
    row = a_client_with_keys()
    assert presented(assertion(row.client_id, **change)) == ACCEPTED


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "another"},
        {"sub": "another"},
        {"sub": None},
        {"iss": None},
        {"aud": None},
        {"aud": "https://other.example"},
        {"aud": [ISSUER, "https://other.example"]},
        {"aud": []},
        {"aud": {"a": 1}},
        {"exp": None},
        {"exp": In(-300)},
        {"exp": In(3600)},
        {"exp": "soon"},
        {"exp": True},
        {"nbf": In(300)},
        {"iat": In(300)},
        {"jti": None},
        {"jti": ""},
        {"jti": 5},
        {"jti": "x" * 2000},
    ],
    ids=str,
)
def test_c3_an_assertion_that_is_wrong_in_one_point_is_refused(change):
    row = a_client_with_keys()
    assert presented(assertion(row.client_id, **change)) == REFUSED


def test_c3_an_assertion_serves_once():
    row = a_client_with_keys()
    given = assertion(row.client_id)
    assert [presented(given), presented(given)] == [ACCEPTED, REFUSED]


def test_c3_two_clients_may_use_the_same_jti():
    for row in (a_client_with_keys(), a_client_with_keys()):
        assert presented(assertion(row.client_id, jti="1")) == ACCEPTED


def test_c3_a_registered_algorithm_is_the_only_one():
    row = a_client_with_keys("RS256", token_endpoint_auth_signing_alg="PS256")
    refused = assertion(row.client_id, algorithm="RS256")
    accepted = assertion(row.client_id, algorithm="PS256", key=key_for("RS256"))
    assert (presented(refused), presented(accepted)) == (REFUSED, ACCEPTED)


def test_c3_a_public_key_is_no_secret():
    row = a_client_with_keys("RS256")
    _, claims, _ = assertion(row.client_id).split(".")
    text = "eyJhbGciOiJIUzI1NiIsImtpZCI6ImsxIn0." + claims
    mac = hmac.digest(key_for("RS256").as_pem(private=False), text.encode(), "sha256")
    signature = base64.urlsafe_b64encode(mac).rstrip(b"=").decode()
    assert presented(f"{text}.{signature}") == REFUSED


def test_c3_another_key_and_no_signature_are_refused():
    row = a_client_with_keys()
    strange = assertion(row.client_id, key=key_for("ES256", "k2"), header={"kid": "k1"})
    header, claims, _ = assertion(row.client_id).split(".")
    unsigned = "eyJhbGciOiJub25lIn0." + claims + "."
    for given in (strange, unsigned, f"{header}.{claims}.", f"{header}.{claims}.AAAA", "a.b", ""):
        assert presented(given) == REFUSED


def test_c3_a_secret_does_not_replace_a_key_nor_a_key_a_secret():
    with_key, with_secret = a_client_with_keys(), a_client_that_signs_with_its_secret()
    assert presented(assertion(with_key.client_id, algorithm="HS256")) == REFUSED
    assert presented(assertion(with_secret.client_id, algorithm="ES256")) == REFUSED
    assert presented(assertion(a_client().client_id, algorithm="HS256")) == REFUSED


def test_c1_an_assertion_stands_alone():
    row = a_client_with_keys()
    given = assertion_form(assertion(row.client_id))
    assert outcome(given | {"client_secret": CLIENT_SECRET}) == REFUSED
    assert outcome(given, **basic(row.client_id, CLIENT_SECRET)) == REFUSED
    assert outcome({"client_assertion": given["client_assertion"]}) == REFUSED
    assert outcome({"client_assertion_type": ASSERTION_TYPE, "client_id": row.client_id}) == REFUSED
    wrong_type = given | {"client_assertion_type": "urn:ietf:params:oauth:saml2-bearer"}
    assert outcome(wrong_type) == REFUSED
    assert outcome(given) == ACCEPTED


def test_c1_the_client_id_of_the_form_must_be_the_assertion_s():
    row = a_client_with_keys()
    given = assertion(row.client_id)
    assert presented(given, client_id="another") == REFUSED
    assert presented(given, client_id=row.client_id) == ACCEPTED


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "none"])
def test_c2_a_client_of_another_method_cannot_assert(method):
    row = a_client(token_endpoint_auth_method=method, jwks={"keys": []})
    assert presented(assertion(row.client_id)) == REFUSED
    assert presented(assertion(row.client_id, algorithm="HS256")) == REFUSED


def test_c2_a_client_of_assertions_cannot_send_its_secret():
    row = a_client_that_signs_with_its_secret()
    assert outcome({}, **basic(row.client_id, CLIENT_SECRET)) == REFUSED
    assert outcome({"client_id": row.client_id, "client_secret": CLIENT_SECRET}) == REFUSED
    assert outcome({"client_id": row.client_id}) == REFUSED


def test_c6_introspection_takes_assertions_and_no_public_client():
    row = a_client_with_keys()
    found = form_post("/introspect", {"token": "x"} | assertion_form(assertion(row.client_id)))
    assert found.json() == {"active": False}
    public = a_client(token_endpoint_auth_method="none", secret_sha256="")
    found = form_post("/introspect", {"token": "x", "client_id": public.client_id})
    assert found.status_code == 401


@pytest.mark.parametrize(
    "given", ["\u00fc.\u00fc.\u00fc", "W10.W10.W10", "e30.e30.e30", "." * 9000]
)
def test_an_unreadable_assertion_is_a_401(given):
    assert presented(given) == REFUSED
    assert HttpClient().get("/token").status_code == 405


@pytest.mark.parametrize("text", ["\ud800", "a\0b"], ids=ascii)
def test_a7_text_that_cannot_be_stored_is_a_401(text):
    row, now = a_client_that_signs_with_its_secret(), int(time.time())
    named = {"iss": row.client_id, "sub": row.client_id, "aud": ISSUER}
    claims = named | {"exp": now + 60, "jti": text}  # as JSON, which is ASCII and can spell it
    parts = (base64.urlsafe_b64encode(json.dumps(p).encode()) for p in ({"alg": "HS256"}, claims))
    content = b".".join(part.rstrip(b"=") for part in parts)
    proof = hmac.digest(CLIENT_SECRET.encode(), content, "sha256")
    given = content + b"." + base64.urlsafe_b64encode(proof).rstrip(b"=")
    assert presented(given.decode()) == REFUSED
