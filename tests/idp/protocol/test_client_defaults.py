"""RFC 9700 2; RFC 8252: what a new client starts with is sound for what it is."""

from __future__ import annotations

from itertools import product

import pytest

from idp.policy import IdpPolicy
from idp.protocol import client_metadata, client_rules
from idp.protocol.client_defaults import Answers, Kind

ACR_VALUES = IdpPolicy.__dataclass_fields__["acr_values"].default
ALL = [
    Answers(kind=kind, high_security=high, offline=offline, face=face)
    for kind, high, offline, face in product(Kind, *[(False, True)] * 3)
]
BESIDE = {"require_pkce", "skip_consent", "minimum_acr"}
OWN = {
    "redirect_uris": ["https://rp.example/callback"],
    "jwks_uri": "https://rp.example/jwks",
}


def of(kind, acr_values=ACR_VALUES, **answers):
    return Answers(kind=kind, **answers).defaults(acr_values=acr_values)


@pytest.mark.parametrize("answers", ALL)
def test_what_is_filled_in_can_be_registered_once_its_addresses_are_there(answers):
    members = answers.defaults(acr_values=ACR_VALUES)
    document = {name: value for name, value in members.items() if name not in BESIDE} | OWN
    metadata = client_metadata.read(document)
    assert list(client_rules.problems(metadata, loopback=False)) == []


@pytest.mark.parametrize("answers", ALL)
def test_nothing_loose_is_ever_filled_in(answers):
    members = answers.defaults(acr_values=ACR_VALUES)
    assert members["require_pkce"]
    assert not members["skip_consent"]
    assert members["response_types"] in ([], ["code"])
    assert "implicit" not in members["grant_types"]
    assert ("refresh_token" in members["grant_types"]) == ("offline_access" in members["scope"])


@pytest.mark.parametrize(
    ("kind", "high", "method"),
    [
        (Kind.WEBSITE, False, "client_secret_basic"),
        (Kind.WEBSITE, True, "private_key_jwt"),
        (Kind.SERVICE, False, "client_secret_basic"),
        (Kind.SERVICE, True, "private_key_jwt"),
        (Kind.BROWSER, True, "none"),
        (Kind.NATIVE, True, "none"),
    ],
)
def test_who_can_keep_something_authenticates_with_it(kind, high, method):
    members = of(kind, high_security=high)
    assert members["token_endpoint_auth_method"] == method
    pinned = members["token_endpoint_auth_signing_alg"]
    assert pinned == ("ES256" if method == "private_key_jwt" else "")


def test_a_service_signs_nobody_in():
    members = of(Kind.SERVICE, high_security=True, face=True, offline=True)
    assert members["grant_types"] == ["client_credentials"]
    assert "minimum_acr" not in members
    assert members["scope"] == ""


def test_the_level_follows_from_the_answers():
    assert of(Kind.WEBSITE)["minimum_acr"] == ""
    assert of(Kind.WEBSITE, high_security=True)["minimum_acr"] == "urn:countersign:acr:loa2"
    asked = of(Kind.NATIVE, face=True)
    assert asked["minimum_acr"] == "urn:countersign:acr:loa3"
    assert asked["default_acr_values"] == [
        "urn:countersign:acr:loa3:rb",
        "urn:countersign:acr:loa3",
    ]


def test_a_level_that_the_deployment_does_not_have_is_not_asked_for():
    members = of(Kind.WEBSITE, acr_values=("phr",), face=True)
    assert (members["minimum_acr"], members["default_acr_values"]) == ("", [])


@pytest.mark.parametrize(
    ("answers", "word", "said"),
    [
        (Answers(kind=Kind.WEBSITE), "public keys are missing", False),
        (Answers(kind=Kind.WEBSITE, high_security=True), "public keys are missing", True),
        (Answers(kind=Kind.BROWSER, high_security=True), "public keys are missing", False),
        (Answers(kind=Kind.BROWSER, high_security=True), "in a browser keeps no key", True),
        (Answers(kind=Kind.NATIVE, high_security=True), "keeps no secret of yours", True),
        (Answers(kind=Kind.SERVICE), "name the scopes", True),
        (Answers(kind=Kind.SERVICE, face=True), "the face first", False),
        (Answers(kind=Kind.WEBSITE, face=True), "the face first", True),
    ],
)
def test_what_cannot_be_filled_in_is_said(answers, word, said):
    assert any(word in sentence for sentence in answers.advice()) is said
