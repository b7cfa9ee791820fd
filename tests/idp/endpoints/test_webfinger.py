"""RFC 7033 4; OpenID Connect Discovery 1.0 2; OIDC.md G9."""

from __future__ import annotations

import pytest
from django.test import Client as HttpClient

from tests.factories import a_person

REL = "http://openid.net/specs/connect/1.0/issuer"
ISSUER = "http://localhost:8000"


def ask(**query):
    return HttpClient().get("/.well-known/webfinger", query)


@pytest.mark.parametrize("resource", ["acct:alice@localhost", f"{ISSUER}/alice", ISSUER])
def test_the_issuer_is_named(resource):
    response = ask(resource=resource, rel=REL)
    assert response.json() == {"subject": resource, "links": [{"rel": REL, "href": ISSUER}]}
    assert response["Content-Type"] == "application/jrd+json"
    assert response["Access-Control-Allow-Origin"] == "*"


@pytest.mark.django_db
def test_g9_whether_there_is_an_account_is_not_told():
    person = a_person()
    known, unknown = (ask(resource=f"acct:{name}@localhost") for name in (person.username, "nn"))
    assert known.json()["links"] == unknown.json()["links"]
    assert {*known.headers} == {*unknown.headers}


def test_only_links_of_the_relation_asked_for_are_given():
    assert ask(resource=ISSUER, rel="author").json() == {"subject": ISSUER, "links": []}
    assert len(ask(resource=ISSUER, rel=["author", REL]).json()["links"]) == 1
    assert len(ask(resource=ISSUER).json()["links"]) == 1


def test_a_query_without_one_resource_is_a_bad_request():
    for query in ({}, {"resource": ""}, {"resource": "alice"}, {"resource": [ISSUER, ISSUER]}):
        response = ask(**query)
        assert response.status_code == 400
        assert response["Access-Control-Allow-Origin"] == "*"


def test_another_host_is_not_found_here():
    assert ask(resource="acct:alice@elsewhere.example").status_code == 404


def test_it_cannot_be_posted_to():
    assert HttpClient().post("/.well-known/webfinger").status_code == 405
