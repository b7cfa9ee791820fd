"""RFC 7591 3; OpenID Connect Dynamic Client Registration 1.0 3; OIDC.md C7, L4, L6."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client as HttpClient
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from idp.models import Client, InitialAccessToken, SecurityEvent
from idp.policy import get_policy
from idp.protocol import opaque
from tests.factories import sha256
from tests.idp.internet import answer as http_answer
from tests.idp.relying_party import ISSUER

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
URI = "https://rp.example/callback"
TOKEN = "an initial access token"
EC_KEY = {
    "kty": "EC",
    "crv": "P-256",
    "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
    "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
}
DOCUMENT = {"redirect_uris": [URI], "client_name": "Self-made"}


@pytest.fixture
def policy(settings):
    """Return a function that changes the policy."""

    def change(**fields):
        settings.IDP = settings.IDP | fields
        get_policy.cache_clear()

    yield change
    get_policy.cache_clear()


@pytest.fixture
def opened(policy):
    policy(registration="open")


def an_initial_token(value=TOKEN, **fields):
    fields = {"expires_at": timezone.now() + timedelta(days=1)} | fields
    return InitialAccessToken.objects.create(name="Test", token_sha256=sha256(value), **fields)


def register(document=DOCUMENT, *, token=None, content_type="application/json"):
    body = document if isinstance(document, bytes | str) else json.dumps(document)
    headers = {} if token is None else {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    return HttpClient().post("/register", body, content_type=content_type, **headers)


def test_a_client_registers_and_learns_everything_that_is_registered(opened):
    response = register(DOCUMENT | {"logo_uri": "https://rp.example/logo.png"})
    answer = response.json()
    assert response.status_code == 201
    assert response["Cache-Control"] == "no-store"
    client = Client.objects.get(client_id=answer["client_id"])
    assert len(answer["client_id"]) >= 43
    assert client.check_client_secret(answer["client_secret"])
    assert answer["client_secret_expires_at"] == 0
    assert answer["client_id_issued_at"] == int(client.created_at.timestamp())
    assert answer["registration_client_uri"] == f"{ISSUER}/register/{client.client_id}"
    assert opaque.same(answer["registration_access_token"], client.registration_token_sha256)
    assert answer["redirect_uris"] == [URI]
    assert answer["grant_types"] == ["authorization_code"]
    assert answer["response_types"] == ["code"]
    assert answer["client_name"] == client.name == "Self-made"
    assert answer["logo_uri"] == client.logo_uri
    assert answer["id_token_signed_response_alg"] == "RS256"
    assert answer["scope"] == "openid profile email address phone offline_access"
    assert client.require_pkce
    event = SecurityEvent.objects.get(kind="client.registered")
    assert event.client_id == client.client_id


@pytest.mark.parametrize(
    "members",
    [
        {"token_endpoint_auth_method": "none"},
        {
            "token_endpoint_auth_method": "private_key_jwt",
            "jwks": {"keys": [EC_KEY]},
        },
    ],
)
def test_a_client_that_uses_no_secret_gets_none(opened, members):
    answer = register(DOCUMENT | members).json()
    assert "client_secret" not in answer
    assert "client_secret_expires_at" not in answer
    assert Client.objects.get().secret_sha256 == ""


def test_c7_the_secret_of_client_secret_jwt_is_sealed_and_shown_once(opened):
    answer = register(DOCUMENT | {"token_endpoint_auth_method": "client_secret_jwt"}).json()
    client = Client.objects.get()
    assert client.open_secret() == answer["client_secret"]
    assert answer["client_secret"].encode() not in bytes(client.sealed_secret)


def test_c7_l4_secret_and_registration_token_are_stored_as_hashes(opened):
    answer = register().json()
    stored = str(list(Client.objects.values())) + str(list(SecurityEvent.objects.values()))
    assert answer["client_secret"] not in stored
    assert answer["registration_access_token"] not in stored


def test_a_client_without_a_name_is_called_by_where_it_leads(opened):
    assert register({"redirect_uris": [URI]}).json()["client_name"] == "rp.example"
    native = {"application_type": "native", "redirect_uris": ["com.example.app:/cb"]}
    answer = register(native).json()
    assert answer["client_name"] == answer["client_id"]


def test_l4_without_a_valid_initial_access_token_nobody_registers():
    an_initial_token("expired", expires_at=timezone.now())
    an_initial_token("revoked", is_active=False)
    an_initial_token("spent", uses_left=0)
    for token in ("expired", "revoked", "spent", "unknown", ""):
        response = register(token=token)
        assert response.status_code == 401
        assert response.json()["error"] == "invalid_token"
        assert response["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    response = register()
    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")
    assert not Client.objects.exists()


def test_l4_an_initial_access_token_serves_as_often_as_it_may():
    row = an_initial_token(uses_left=2)
    assert [register(token=TOKEN).status_code for _ in range(3)] == [201, 201, 401]
    assert Client.objects.filter(registered_with=row).count() == 2


def test_l4_a_refused_registration_does_not_use_a_token_up():
    an_initial_token()
    assert register({"redirect_uris": ["http://rp.example/"]}, token=TOKEN).status_code == 400
    assert register(token=TOKEN).status_code == 201


def test_l4_a_wrong_token_is_refused_where_none_is_needed(opened):
    assert register(token="unknown").status_code == 401


def test_l4_a_closed_provider_registers_nobody_and_says_so(policy):
    policy(registration="closed")
    an_initial_token()
    assert register(token=TOKEN).status_code == 403
    assert (
        "registration_endpoint" not in HttpClient().get("/.well-known/openid-configuration").json()
    )


def test_discovery_says_where_to_register():
    document = HttpClient().get("/.well-known/openid-configuration").json()
    assert document["registration_endpoint"] == f"{ISSUER}/register"


def test_l4_open_registration_is_limited_per_address(policy):
    policy(registration="open", registrations_per_address=2)
    an_initial_token()
    assert [register().status_code for _ in range(3)] == [201, 201, 429]
    assert register(token=TOKEN).status_code == 201


@pytest.mark.parametrize(
    "members",
    [
        {"grant_types": ["client_credentials"]},
        {"response_types": ["code id_token"], "grant_types": ["authorization_code", "implicit"]},
        {"scope": "payments"},
    ],
)
def test_l4_what_the_policy_does_not_allow_is_refused(opened, members):
    response = register(DOCUMENT | members)
    assert response.status_code == 400
    assert response.json()["error"] == "invalid_client_metadata"
    assert not Client.objects.exists()


def test_l4_a_scope_beyond_the_policy_is_left_out_and_the_answer_says_so(opened):
    assert register(DOCUMENT | {"scope": "payments openid"}).json()["scope"] == "openid"


def test_l4_an_algorithm_that_is_switched_off_is_refused(policy):
    policy(registration="open", id_token_signing_algorithms=("ES256",))
    assert register().json()["error"] == "invalid_client_metadata"
    asked = DOCUMENT | {"id_token_signed_response_alg": "ES256"}
    assert register(asked).status_code == 201


def test_the_policy_may_open_other_flows_and_waive_pkce(policy):
    policy(
        registration="open",
        registration_without_pkce=True,
        registration_response_types=("code", "code id_token"),
    )
    answer = register(DOCUMENT | {"response_types": ["id_token code"]}).json()
    assert answer["response_types"] == ["code id_token"]
    assert answer["grant_types"] == ["authorization_code", "implicit"]
    assert not Client.objects.get().require_pkce


BY_KEY = {"token_endpoint_auth_method": "private_key_jwt"}


@pytest.mark.parametrize(
    ("members", "blamed"),
    [
        ({"jwks": {"keys": [EC_KEY | {"y": EC_KEY["x"]}]}}, "jwks"),
        ({"jwks": {"keys": [EC_KEY]}, "request_object_signing_alg": "RS256"}, "request_object"),
        (
            {"jwks": {"keys": [EC_KEY]}, "token_endpoint_auth_signing_alg": "EdDSA"} | BY_KEY,
            "token_endpoint_auth_signing_alg",
        ),
        (
            {"jwks": {"keys": [EC_KEY]}, "userinfo_encrypted_response_alg": "RSA-OAEP"},
            "userinfo_encrypted_response_alg",
        ),
        (
            {
                "jwks": {"keys": [EC_KEY | {"use": "sig"}]},
                "id_token_encrypted_response_alg": "ECDH-ES",
            },
            "id_token_encrypted_response_alg",
        ),
    ],
)
def test_keys_that_do_not_serve_what_is_asked_are_refused(opened, members, blamed):
    response = register(DOCUMENT | members)
    assert response.status_code == 400
    assert response.json()["error"] == "invalid_client_metadata"
    assert response.json()["error_description"].startswith(blamed)


def test_keys_that_serve_are_registered(opened):
    members = {
        "jwks": {"keys": [EC_KEY]},
        "token_endpoint_auth_signing_alg": "ES256",
        "request_object_signing_alg": "ES256",
        "id_token_encrypted_response_alg": "ECDH-ES",
    }
    answer = register(DOCUMENT | members | BY_KEY).json()
    assert answer["jwks"] == members["jwks"]


SECTOR = {
    "subject_type": "pairwise",
    "redirect_uris": ["https://a.example/callback", "https://b.example/callback"],
    "sector_identifier_uri": "https://rp.example/uris.json",
}


def test_a_sector_document_that_names_every_redirect_uri_joins_them(opened, internet):
    internet.site("rp.example").says = http_answer(SECTOR["redirect_uris"])
    answer = register(SECTOR).json()
    assert answer["sector_identifier_uri"] == SECTOR["sector_identifier_uri"]
    assert Client.objects.get().sector_identifier == "rp.example"


@pytest.mark.parametrize("listed", [["https://a.example/callback"], {}])
def test_a_sector_document_that_does_not_is_refused(opened, internet, listed):
    internet.site("rp.example").says = http_answer(listed)
    response = register(SECTOR)
    assert response.json()["error"] == "invalid_client_metadata"
    assert not Client.objects.exists()


def test_errors_have_the_words_of_the_specification(opened):
    response = register({"redirect_uris": [f"{URI}#x"]})
    assert response.status_code == 400
    assert response.json()["error"] == "invalid_redirect_uri"
    assert response["Cache-Control"] == "no-store"


SOUND = json.dumps(DOCUMENT).rstrip("}")


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("{}", "application/x-www-form-urlencoded", 415),
        ("{}", "text/plain", 415),
        ("{", "application/json", 400),
        (" ", "application/json", 400),
        ("[]", "application/json", 400),
        (b"\xff", "application/json", 400),
        (SOUND + ', "a": NaN}', "application/json", 400),
        (SOUND + ', "scope": "openid", "scope": "email"}', "application/json", 400),
        ("[" * 60_000, "application/json", 400),
        ("1" * 60_000, "application/json", 400),
        ('"' + "x" * 70_000 + '"', "application/json", 413),
    ],
)
def test_l6_a_body_that_is_no_document_gets_an_error(opened, body, content_type, status):
    response = register(body, content_type=content_type)
    assert response.status_code == status
    assert response.json()["error"].startswith("invalid_")


def test_only_post_registers():
    assert HttpClient().get("/register").status_code == 405


def test_a_token_in_the_query_is_refused(opened):
    response = HttpClient().post("/register?access_token=x", "{}", content_type="application/json")
    assert response.status_code == 400


MEMBERS = st.sampled_from(["redirect_uris", "jwks", "client_name", "scope", "contacts", "x"])
VALUES = (
    st.none() | st.integers() | st.text(max_size=20) | st.lists(st.text(max_size=9), max_size=3)
)


@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(members=st.dictionaries(MEMBERS, VALUES | st.dictionaries(MEMBERS, VALUES), max_size=5))
def test_l6_whatever_is_registered_the_answer_is_the_protocol_s(policy, members):
    policy(registration="open", registrations_per_address=10_000)
    response = register({"redirect_uris": [URI]} | members)
    assert response.status_code in {201, 400}
    assert "client_id" in response.json() or "error" in response.json()
