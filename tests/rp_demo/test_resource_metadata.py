"""RFC 9728 3 and 5: from a resource to its provider."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from rp_demo import bearer
from rp_demo.deployment import get_deployment
from rp_demo.resource_metadata import url_of
from tests.rp_demo.fake_provider import ISSUER

RESOURCE = "http://testserver/api/transfer"
NAMED = re.compile(r'resource_metadata="([^"]+)"')


def test_a_client_that_knows_only_the_resource_finds_the_provider():
    refused = Client().post("/api/transfer")
    assert refused.status_code == 401
    named = NAMED.search(refused["WWW-Authenticate"])[1]
    document = Client().get(urlsplit(named).path).json()
    assert document["resource"] == RESOURCE  # what was asked, character by character (3.3)
    assert document["authorization_servers"] == [ISSUER]
    assert document["bearer_methods_supported"] == ["header"]


def test_every_refusal_names_the_metadata(provider):
    answer = Client().post("/api/transfer", headers={"authorization": "Bearer unknown"})
    assert answer.status_code == 401
    assert NAMED.search(answer["WWW-Authenticate"])[1] == url_of(RESOURCE)
    assert bearer.read(answer["WWW-Authenticate"]).error == "invalid_token"


@pytest.mark.parametrize(
    ("resource", "metadata"),
    [
        ("https://a.example", "https://a.example/.well-known/oauth-protected-resource"),
        ("https://a.example/b/c", "https://a.example/.well-known/oauth-protected-resource/b/c"),
    ],
)
def test_the_path_of_a_resource_stands_behind_the_name(resource, metadata):
    assert url_of(resource) == metadata


def test_the_metadata_are_served_where_they_are_said_to_be():
    assert urlsplit(url_of(get_deployment().resource_url)).path == reverse("resource-metadata")


def test_clients_in_the_browser_may_read_them():
    response = Client().get(reverse("resource-metadata"))
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "public, max-age=300"
    assert Client().post(reverse("resource-metadata")).status_code == 405
