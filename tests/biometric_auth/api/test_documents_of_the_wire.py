"""AGENT-PROTOCOL, "Metadata"; R-1-2, R-7-3: what is published, and what never is."""

from __future__ import annotations

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from biometric_auth.api import schema_urls

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])


def test_metadata_names_keys_limits_and_what_is_supported():
    told = Client().get("/.well-known/biometric-authentication").json()
    assert told["issuer"] == "http://localhost:8000"
    assert told["application_models"] == ["server"]
    assert told["workflows"] == ["same", "stepup"]
    assert told["limits"]["capture_bytes"] == 1_500_000
    assert told["limits"]["challenge_seconds"] <= 120
    assert all("d" not in key for key in told["encryption_jwks"]["keys"])
    assert {key["use"] for key in told["challenge_jwks"]["keys"]} == {"sig"}
    assert "no conformity" in told["notice"]


def test_the_openapi_document_is_valid_and_covers_every_call():
    schema = SchemaGenerator(patterns=schema_urls.urlpatterns).get_schema(public=True)
    validate_schema(schema)
    one = "/biometric/v1/transactions/{handle}"
    calls = ["", "/devices/options", "/devices", "/consent", "/claim", "/challenge"]
    assert {one + call for call in [*calls, "/capture", "/deny"]} <= set(schema["paths"])
    assert Client().get("/biometric/v1/openapi.json").json()["openapi"].startswith("3.")


@pytest.mark.parametrize("word", ["score", "threshold", "template", "outcome", "fmr"])
def test_no_message_of_the_api_names_what_must_not_leave(word):
    schema = SchemaGenerator(patterns=schema_urls.urlpatterns).get_schema(public=True)
    shapes = schema["components"]["schemas"].values()
    names = [name for shape in shapes for name in shape.get("properties", {})]
    assert names
    assert not [name for name in names if word in name.lower()]
