"""OpenID Connect Discovery 3; RFC 8414 2: each thing that is offered is asked for and answered."""

from __future__ import annotations

from html import unescape

import pytest
from django.test import Client as HttpClient
from joserfc import jwe
from joserfc.jwk import ECKey, Key, RSAKey

from idp.protocol.algorithms import ASSERTION
from tests.factories import a_client, a_public_client
from tests.idp.client_jwt import a_client_that_signs_with_its_secret, a_client_with_keys, sign
from tests.idp.relying_party import RelyingParty, answer, signed_in_browser

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])


@pytest.fixture
def offered():
    return HttpClient().get("/.well-known/openid-configuration").json()


def test_every_response_type_in_every_mode(offered, browser):
    types = offered["response_types_supported"]
    grants = ["authorization_code", "implicit"]
    for name in types:
        rp = RelyingParty(a_client(response_types=[name], grant_types=grants))
        rp.has_consent(browser)
        for mode in offered["response_modes_supported"]:
            response = rp.authorize(browser, response_type=name, response_mode=mode)
            said = response.get("Location", "") + unescape(response.content.decode())
            refused = mode == "query" and name != "code"
            assert ("error=invalid_request" in said) is refused, (name, mode)


def test_every_way_to_authenticate(offered, browser):
    for method in offered["token_endpoint_auth_methods_supported"]:
        for algorithm in ASSERTION.get(method, [""]):
            if algorithm:
                assert algorithm in offered["token_endpoint_auth_signing_alg_values_supported"]
            rp = a_relying_party(method, algorithm)
            tokens = rp.tokens(browser)
            revoked = rp.post("/revoke", {"token": tokens["access_token"]})
            assert revoked.status_code == 200
            introspected = rp.post("/introspect", {"token": tokens["access_token"]})
            may = method in offered["introspection_endpoint_auth_methods_supported"]
            assert (introspected.status_code == 200) is may


def a_relying_party(method, algorithm):
    """Return one whose client authenticates so."""
    match method:
        case "none":
            uri = "http://127.0.0.1:5000/callback"
            return RelyingParty(a_public_client(), redirect_uri=uri)
        case "client_secret_jwt":
            return RelyingParty(a_client_that_signs_with_its_secret(), signing=algorithm)
        case "private_key_jwt":
            return RelyingParty(a_client_with_keys(algorithm), signing=algorithm)
    return RelyingParty(a_client(token_endpoint_auth_method=method))


def test_every_grant_type(offered, browser):
    assert set(offered["grant_types_supported"]) == {
        "authorization_code", "implicit", "refresh_token", "client_credentials"
    }  # fmt: skip
    rp = RelyingParty(a_client(grant_types=offered["grant_types_supported"], scope="openid api"))
    tokens = rp.tokens(browser)
    assert (
        rp.post("/token", {"grant_type": "client_credentials", "scope": "api"}).status_code == 200
    )
    assert tokens["id_token"]


def test_every_signature_of_every_answer(offered, browser):
    for algorithm in offered["id_token_signing_alg_values_supported"]:
        row = a_client(
            id_token_signed_response_alg=algorithm,
            userinfo_signed_response_alg=algorithm,
            introspection_signed_response_alg=algorithm,
        )
        rp = RelyingParty(row)
        tokens = rp.tokens(browser)
        headers = {"HTTP_ACCEPT": "application/token-introspection+jwt"}
        introspected = rp.post("/introspect", {"token": tokens["access_token"]}, **headers)
        signed = [
            tokens["id_token"],
            rp.userinfo(tokens["access_token"]).content.decode(),
            introspected.content.decode(),
        ]
        assert [rp.id_token({"id_token": one})[0]["alg"] for one in signed] == [algorithm] * 3


KEYS: dict[str, Key] = {"RSA": RSAKey.generate_key(2048, {"kid": "e1", "use": "enc"}),
        "EC": ECKey.generate_key("P-256", {"kid": "e1", "use": "enc"})}  # fmt: skip


def test_every_encryption_of_an_id_token(offered, browser):
    for management in offered["id_token_encryption_alg_values_supported"]:
        key = KEYS["RSA" if management.startswith("RSA") else "EC"]
        for content in offered["id_token_encryption_enc_values_supported"]:
            row = a_client(
                jwks={"keys": [key.as_dict(private=False)]},
                id_token_encrypted_response_alg=management,
                id_token_encrypted_response_enc=content,
            )
            rp = RelyingParty(row)
            sealed = rp.tokens(browser)["id_token"]
            opened = jwe.decrypt_compact(sealed, key, algorithms=[management, content])
            assert opened.headers()["alg"] == management
            assert opened.headers()["enc"] == content
            assert rp.id_token({"id_token": opened.plaintext.decode()})[1]["sub"]


def test_every_signature_of_a_request_object(offered, browser):
    for algorithm in offered["request_object_signing_alg_values_supported"]:
        if algorithm == "none":
            rp = RelyingParty(a_client(request_object_signing_alg="none"))
            _, claims, _ = sign(rp.request()).split(".")
            text = f"eyJhbGciOiJub25lIn0.{claims}."
        else:
            rp = RelyingParty(a_client_with_keys(algorithm), signing=algorithm)
            text = sign(rp.request(), algorithm=algorithm)
        rp.has_consent(browser)
        assert answer(rp.authorize(browser, request=text))["code"], algorithm


def test_every_subject_type(offered, browser):
    told = set()
    for kind in offered["subject_types_supported"]:
        row = a_client(subject_type=kind, sector_identifier="rp.example")
        _, claims = RelyingParty(row).id_token(RelyingParty(row).tokens(browser))
        told.add(claims["sub"])
    assert len(told) == 2
    assert browser.session_row.user.subject in told


def test_every_prompt_and_display(offered, browser):
    rp = RelyingParty()
    for prompt in offered["prompt_values_supported"]:
        response = rp.authorize(signed_in_browser(), prompt=prompt)
        assert response.status_code == 303
        assert "invalid_request" not in response["Location"]
    rp.has_consent(browser)
    for display in offered["display_values_supported"]:
        assert answer(rp.authorize(browser, display=display))["code"]


def test_every_claim_is_one_that_a_token_or_userinfo_can_carry(offered, browser):
    person = browser.session_row.user
    person.claims = dict.fromkeys(offered["claims_supported"], "x")
    person.email = "x@example.org"
    person.save()
    scope = " ".join(offered["scopes_supported"])
    rp = RelyingParty(a_client(scope=scope))
    rp.has_consent(browser, scope=scope)
    tokens = rp.redeem(answer(rp.authorize(browser, scope=scope))["code"]).json()
    said = rp.id_token(tokens)[1] | rp.userinfo(tokens["access_token"]).json()
    assert set(offered["claims_supported"]) <= said.keys()


def test_what_is_switched_off_is_not_offered(settings):
    from idp.policy import get_policy  # noqa: PLC0415 - its cache is emptied around the request

    settings.IDP = settings.IDP | {"registration": "closed", "self_registration": False}
    get_policy.cache_clear()
    offered = HttpClient().get("/.well-known/openid-configuration").json()
    assert "registration_endpoint" not in offered
    assert "create" not in offered["prompt_values_supported"]
    assert HttpClient().post("/register", "{}", content_type="application/json").status_code >= 400
    get_policy.cache_clear()
