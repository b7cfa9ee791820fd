"""OpenID Connect Discovery 1.0 3 and 4; RFC 8414; RFC 9207 3."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from authlib.oidc.discovery import OpenIDProviderMetadata
from django.test import Client as HttpClient
from django.urls import resolve

from idp.policy import get_policy
from idp.protocol.response_type import RESPONSE_TYPES

pytestmark = pytest.mark.django_db
PATH = "/.well-known/openid-configuration"


@pytest.fixture
def document():
    return HttpClient().get(PATH).json()


def test_the_issuer_is_the_one_of_the_deployment(document):
    assert document["issuer"] == get_policy().issuer


def test_every_endpoint_is_served(document):
    for name, url in document.items():
        if name.endswith(("_endpoint", "_uri", "_iframe")):
            assert url.startswith(document["issuer"])
            assert resolve(urlsplit(url).path).url_name


def test_what_is_offered_is_what_is_done(document):
    assert document["response_types_supported"] == list(RESPONSE_TYPES)
    assert document["response_modes_supported"] == ["query", "fragment", "form_post"]
    assert document["grant_types_supported"] == [
        "authorization_code",
        "implicit",
        "refresh_token",
        "client_credentials",
    ]
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["id_token_signing_alg_values_supported"] == ["ES256", "RS256", "PS256", "EdDSA"]
    assert document["authorization_response_iss_parameter_supported"] is True
    assert document["claims_parameter_supported"] is True
    assert document["frontchannel_logout_supported"] is True
    assert document["frontchannel_logout_session_supported"] is True
    assert document["request_parameter_supported"] is True
    assert document["request_uri_parameter_supported"] is True
    assert document["require_request_uri_registration"] is True
    assert "none" not in document["request_object_signing_alg_values_supported"]
    assert "none" not in document["introspection_endpoint_auth_methods_supported"]


def test_acr_values_are_listed_weakest_first(document):
    assert document["acr_values_supported"] == list(get_policy().acr_values)
    assert document["acr_values_supported"][0] == "urn:countersign:acr:loa1"


def test_the_document_has_the_shape_of_the_specification(document):
    https = {
        name: value.replace("http://localhost:8000", "https://op.example")
        if isinstance(value, str)
        else value
        for name, value in document.items()
    }
    assert OpenIDProviderMetadata(https).validate() is None


def test_it_may_be_cached_and_reads_the_same_for_oauth(document):
    response = HttpClient().get("/.well-known/oauth-authorization-server")
    assert response.json() == document
    assert response["Cache-Control"] == "public, max-age=300"


@pytest.mark.parametrize("name", ["openid-configuration", "oauth-authorization-server"])
def test_the_path_of_an_issuer_stands_behind_the_name(settings, name):
    assert HttpClient().get(f"/.well-known/{name}/tenant").status_code == 404
    settings.IDP = settings.IDP | {"issuer": "https://op.example/tenant"}
    get_policy.cache_clear()
    try:
        found = HttpClient().get(f"/.well-known/{name}/tenant")
        assert found.json()["issuer"] == "https://op.example/tenant"
        assert HttpClient().get(f"/.well-known/{name}/other").status_code == 404
    finally:
        get_policy.cache_clear()


def test_it_cannot_be_posted_to():
    assert HttpClient().post(PATH).status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize("may_join", [True, False])
def test_a_new_account_is_offered_where_people_may_join(settings, rp, may_join):
    settings.IDP = settings.IDP | {"self_registration": may_join}
    get_policy.cache_clear()
    try:
        offered = "create" in HttpClient().get(PATH).json()["prompt_values_supported"]
        asked = rp.authorize(HttpClient(), prompt="create")
    finally:
        get_policy.cache_clear()
    assert offered is may_join
    assert asked["Location"].endswith("/create") is may_join
    assert ("error=invalid_request" in asked["Location"]) is not may_join
