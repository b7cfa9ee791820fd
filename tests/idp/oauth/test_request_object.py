"""OpenID Connect Core 6; RFC 9101 4, 5, 6, 10; RFC 8725; OIDC.md A10, E2, E5."""

from __future__ import annotations

import json
import time
import uuid

import pytest
from joserfc.jwk import OctKey

from tests.factories import CLIENT_SECRET
from tests.idp.client_jwt import In, a_client_with_keys, jwks, key_for, sign
from tests.idp.expecting import assert_page
from tests.idp.internet import answer as document
from tests.idp.relying_party import ISSUER, RelyingParty, answer, claims_parameter

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
OBJECT = "invalid_request_object"


def a_relying_party(browser, **fields):
    """Return one whose client signs with ES256, and has consent."""
    rp = RelyingParty(a_client_with_keys(**fields), signing="ES256")
    rp.has_consent(browser)
    return rp


@pytest.fixture
def rp(browser):
    return a_relying_party(browser)


@pytest.fixture
def strict(browser):
    return a_relying_party(browser, require_signed_request_object=True)


def assert_error(response, error):
    """Tell the client, with issuer and state."""
    given = answer(response)
    assert (given["error"], given["iss"], given["state"]) == (error, ISSUER, "the state")
    assert "code" not in given


def unsigned(claims):
    """Return a request object without a signature."""
    from base64 import urlsafe_b64encode as encode  # noqa: PLC0415 - a JWT by hand

    parts = ({"alg": "none"}, claims)
    return "".join(encode(json.dumps(p).encode()).decode().rstrip("=") + "." for p in parts)


def complete(rp, **change):
    """Return the claims of an object that lacks nothing; one that is None is left out."""
    now = int(time.time())
    claims = rp.request() | {
        "iss": rp.row.client_id,
        "aud": ISSUER,
        "iat": now,
        "nbf": now,
        "exp": now + 300,
        "jti": uuid.uuid4().hex,
    }
    return {name: value for name, value in (claims | change).items() if value is not None}


def send(rp, browser, text, **outside):
    """Send an object with nothing beside it but what Core 6.1 asks for."""
    beside = {"client_id": rp.row.client_id, "response_type": "code", "scope": "openid"}
    given = beside | {"request": text} | outside
    return browser.get("/authorize", {k: v for k, v in given.items() if v is not None})


@pytest.mark.parametrize("algorithm", ["ES256", "RS256", "PS256", "EdDSA"])
def test_what_an_object_says_is_the_request(browser, algorithm):
    rp = a_relying_party(browser, jwks=jwks(key_for(algorithm)))
    rp.signing = algorithm
    given = answer(send(rp, browser, sign(complete(rp, state="inside"), algorithm=algorithm)))
    assert given["state"] == "inside"
    assert rp.redeem(given["code"]).status_code == 200


def test_the_object_goes_before_what_stands_outside(rp, browser):
    text = sign(complete(rp, state="inside", nonce=None))
    given = answer(send(rp, browser, text, state="outside", nonce="outside"))
    assert given["state"] == "inside"
    assert rp.id_token(rp.redeem(given["code"]).json())[1]["nonce"] == "outside"


def test_objects_and_numbers_stand_for_their_parameters(rp, browser):
    claims = {"userinfo": {"given_name": {"essential": True}}}
    text = sign(complete(rp, max_age=10_000, claims=claims))
    code = answer(send(rp, browser, text))["code"]
    tokens = rp.redeem(code).json()
    assert rp.userinfo(tokens["access_token"]).json()["given_name"] == "Alice"


def test_an_interaction_keeps_the_request_of_the_object(browser):
    rp = RelyingParty(a_client_with_keys(), signing="ES256")
    response = send(rp, browser, sign(complete(rp, state="inside")))
    consent = browser.post(response["Location"], {"answer": "approve"})
    assert answer(browser.get(consent["Location"]))["state"] == "inside"


@pytest.mark.parametrize("typ", [None, "JWT", "oauth-authz-req+jwt"])
def test_e5_the_types_of_requests_are_read(rp, browser, typ):
    assert answer(send(rp, browser, sign(complete(rp), typ=typ)))["code"]


@pytest.mark.parametrize("typ", ["logout+jwt", "at+jwt", "dpop+jwt", 5, ["JWT"]])
def test_e5_another_kind_of_jwt_is_no_request(rp, browser, typ):
    text = sign(complete(rp), typ=typ) if isinstance(typ, str) else with_header({"typ": typ}, rp)
    assert_error(send(rp, browser, text, **back(rp)), OBJECT)


def with_header(change, rp):
    """Return an object whose header the library would not make."""
    from base64 import urlsafe_b64encode as encode  # noqa: PLC0415 - a JWT by hand

    header = json.dumps({"alg": "ES256", "kid": "k1"} | change).encode()
    _, claims, signature = sign(complete(rp)).split(".")
    return f"{encode(header).decode().rstrip('=')}.{claims}.{signature}"


def back(rp):
    """Return what makes an answer to the client safe, and its state."""
    return {"redirect_uri": rp.redirect_uri, "state": "the state"}


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "another"},
        {"aud": "https://other.example"},
        {"aud": ["https://other.example"]},
        {"aud": []},
        {"sub": "the client"},
        {"exp": In(-120)},
        {"nbf": In(600)},
        {"iat": In(600), "nbf": None},
        {"exp": "tomorrow"},
        {"exp": True},
        {"client_id": "another"},
        {"response_type": "id_token"},
        {"request": "x"},
        {"request_uri": "https://rp.example/request"},
        {"max_age": True},
    ],
    ids=str,
)
def test_e5_an_object_that_is_wrong_in_one_point_is_refused(rp, browser, change):
    if "sub" in change:
        change = {"sub": rp.row.client_id}
    assert_error(send(rp, browser, sign(complete(rp, **change)), **back(rp)), OBJECT)


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "a\nb"], ids=ascii)
@pytest.mark.parametrize("name", ["state", "nonce", "resource", "login_hint", "jti"])
@pytest.mark.parametrize("prompt", [None, "login"])
def test_a7_an_object_with_text_that_cannot_be_stored_is_refused(browser, name, text, prompt):
    rp = a_relying_party(browser, request_object_signing_alg="none")
    given = unsigned(complete(rp, prompt=prompt) | {name: text})
    assert_error(rp.authorize(browser, request=given), OBJECT)


def test_e5_an_object_with_an_identifier_serves_once(rp, browser):
    text = sign(complete(rp))
    assert answer(send(rp, browser, text))["code"]
    assert_error(send(rp, browser, text, **back(rp)), OBJECT)


def test_core_6_1_asks_for_no_more_than_the_parameters(rp, browser):
    bare = dict.fromkeys(("iss", "aud", "exp", "nbf", "iat", "jti"))
    text = sign(complete(rp, **bare))
    assert answer(send(rp, browser, text))["code"]
    assert answer(send(rp, browser, text))["code"]


@pytest.mark.parametrize("missing", ["iss", "aud", "exp", "nbf"])
def test_e5_a_client_that_must_sign_must_say_for_whom_and_how_long(strict, browser, missing):
    assert answer(send(strict, browser, sign(complete(strict))))["code"]
    text = sign(complete(strict, **{missing: None}))
    assert_error(send(strict, browser, text, **back(strict)), OBJECT)


@pytest.mark.parametrize(
    "change",
    [
        {"exp": In(4200)},
        {"nbf": In(-4000), "exp": In(30)},
    ],
)
def test_e5_a_strict_object_lives_an_hour_at_most(strict, browser, change):
    text = sign(complete(strict, **change))
    assert_error(send(strict, browser, text, **back(strict)), OBJECT)


def test_e5_a_client_that_must_sign_cannot_do_without(strict, browser):
    assert_error(strict.authorize(browser), "invalid_request")


def test_e5_nothing_outside_a_strict_object_counts(strict, browser):
    text = sign(complete(strict, nonce=None, state=None))
    given = answer(send(strict, browser, text, nonce="outside", state="outside"))
    assert "state" not in given
    assert "nonce" not in strict.id_token(strict.redeem(given["code"]).json())[1]


def test_e5_unsigned_objects_are_for_clients_that_registered_them(rp, browser):
    refused = send(rp, browser, unsigned(complete(rp)), **back(rp))
    assert_error(refused, "request_not_supported")
    other = a_relying_party(browser, request_object_signing_alg="none")
    given = answer(send(other, browser, unsigned(complete(other, state="inside"))))
    assert given["state"] == "inside"


def test_e5_a_client_registered_for_unsigned_objects_may_sign_them(browser):
    rp = a_relying_party(browser, request_object_signing_alg="none")
    assert answer(send(rp, browser, sign(complete(rp))))["code"]
    signed = sign(complete(rp))
    stripped = signed.rpartition(".")[0] + "."
    assert_error(send(rp, browser, stripped, **back(rp)), OBJECT)
    assert_error(send(rp, browser, unsigned(complete(rp)) + "AAAA", **back(rp)), OBJECT)


def test_e5_unsigned_is_never_enough_where_signing_is_required(browser):
    rp = a_relying_party(
        browser, request_object_signing_alg="none", require_signed_request_object=True
    )
    refused = send(rp, browser, unsigned(complete(rp)), **back(rp))
    assert_error(refused, "request_not_supported")


def test_e5_a_registered_algorithm_is_the_only_one(browser):
    rp = a_relying_party(browser, jwks=jwks(key_for("RS256")), request_object_signing_alg="PS256")
    refused = sign(complete(rp), algorithm="RS256")
    assert_error(send(rp, browser, refused, **back(rp)), OBJECT)
    accepted = sign(complete(rp), algorithm="PS256", key=key_for("RS256"))
    assert answer(send(rp, browser, accepted))["code"]


def test_e5_a_secret_a_strange_key_and_a_broken_signature_are_refused(rp, browser):
    good = sign(complete(rp))
    for text in (
        sign(complete(rp), algorithm="HS256", key=OctKey.import_key(CLIENT_SECRET)),
        sign(complete(rp), key=key_for("ES256", "k2"), kid="k1"),
        good[:-8] + "AAAAAAAA",
        good.replace(".", "..", 1),
        "x",
        "a.b.c.d.e",
        "\u00fc.\u00fc.\u00fc",
    ):
        assert_error(send(rp, browser, text, **back(rp)), OBJECT)


def test_a10_one_object_given_once(rp, browser):
    text = sign(complete(rp))
    both = send(rp, browser, text, request_uri="https://rp.example/request", **back(rp))
    assert_error(both, "invalid_request")
    twice = f"/authorize?client_id={rp.row.client_id}&request={text}&request={text}"
    assert_page(browser.get(twice))


def test_a10_a_reference_that_is_not_registered_is_not_fetched(rp, browser):
    refused = rp.authorize(browser, request_uri="https://169.254.169.254/latest")
    assert_error(refused, "invalid_request_uri")


JWT = "application/oauth-authz-req+jwt"
REFERENCE = "https://rp.example/request.jwt"


@pytest.mark.parametrize("version", ["", "#v2"])
@pytest.mark.parametrize("content_type", [JWT, "application/jwt"])
def test_a_registered_reference_is_fetched_and_read(browser, internet, version, content_type):
    rp = a_relying_party(browser, request_uris=[REFERENCE + "#v1"])
    site = internet.site("rp.example")
    site.says = document(sign(complete(rp, state="inside")).encode(), content_type=content_type)
    response = send(rp, browser, None, request_uri=REFERENCE + version)
    assert answer(response)["state"] == "inside"
    assert len(site.requests) == 1


def test_an_unsigned_object_behind_a_reference_is_for_clients_that_registered_it(browser, internet):
    site = internet.site("rp.example")
    for algorithm, accepted in (("none", True), ("", False)):
        rp = a_relying_party(
            browser, request_uris=[REFERENCE], request_object_signing_alg=algorithm
        )
        site.says = document(unsigned(complete(rp)).encode(), content_type=JWT)
        response = send(rp, browser, None, request_uri=REFERENCE, **back(rp))
        assert ("code" in answer(response)) is accepted


@pytest.mark.parametrize(
    "says",
    [
        document(b"x", status="404 Not Found", content_type=JWT),
        document(b"x", status="302 Found", content_type=JWT, location="https://rp.example/"),
        document(b"x", content_type="text/html"),
        document(b"\xff", content_type=JWT),
        document(b"x" * 70_000, content_type=JWT),
    ],
    ids=["missing", "redirect", "html", "binary", "large"],
)
def test_a_reference_that_cannot_be_read_is_an_error_without_details(browser, internet, says):
    rp = a_relying_party(browser, request_uris=[REFERENCE])
    internet.site("rp.example").says = says
    given = answer(send(rp, browser, None, request_uri=REFERENCE, **back(rp)))
    assert given["error"] == "invalid_request_uri"
    assert given["error_description"] == "The request_uri cannot be read."


def test_e2_without_a_safe_way_back_the_error_is_a_page(rp, browser):
    assert_page(send(rp, browser, "x"))
    assert_page(send(rp, browser, sign(complete(rp, redirect_uri="https://evil.example/"))))
    assert_page(send(rp, browser, "x", redirect_uri="https://evil.example/"))


def test_the_redirect_uri_may_stand_inside_alone(rp, browser):
    response = send(rp, browser, sign(complete(rp)))
    assert response["Location"].startswith("https://rp.example/callback?")


def test_an_essential_acr_inside_counts(rp, browser):
    asked = json.loads(
        claims_parameter(
            id_token={"acr": {"essential": True, "values": ["urn:countersign:acr:loa3"]}}
        )
    )
    response = send(rp, browser, sign(complete(rp, claims=asked)))
    assert answer(response)["error"] == "unmet_authentication_requirements"
