"""RFC 7517 5; OpenID Connect Core 10.1.1; OIDC.md H2."""

from __future__ import annotations

import pytest
from django.test import Client as HttpClient

from idp.models import SigningKey
from tests.factories import a_client
from tests.idp.relying_party import RelyingParty, signed_in_browser

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])


def test_the_set_has_a_public_key_for_each_algorithm():
    response = HttpClient().get("/jwks")
    keys = response.json()["keys"]
    assert {key["alg"] for key in keys} == {"ES256", "RS256", "PS256", "EdDSA"}
    assert len({key["kid"] for key in keys}) == len(keys) == SigningKey.objects.count()
    for key in keys:
        assert key["use"] == "sig"
        assert not key.keys() & {"d", "p", "q", "dp", "dq", "qi", "k"}


def test_it_may_be_cached_for_less_time_than_a_key_is_published_ahead():
    assert HttpClient().get("/jwks")["Cache-Control"] == "public, max-age=300"


@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
def test_an_id_token_is_signed_as_its_client_registered(algorithm):
    rp = RelyingParty(a_client(id_token_signed_response_alg=algorithm))
    header, _ = rp.id_token(rp.tokens(signed_in_browser()))
    assert header["alg"] == algorithm
    assert header["typ"] == "JWT"
    assert SigningKey.objects.get(kid=header["kid"]).algorithm == algorithm
