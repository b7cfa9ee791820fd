"""R-6.2.4-2; OpenID Connect Core 3.1.3.7; RFC 8725: each mutation of an ID token is refused."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey

from rp_demo import id_token, signed_token
from rp_demo.registration import SIGN_IN, TRANSFER, Registration

NOW = int(time.time())
KEY = ECKey.generate_key("P-256", {"kid": "one"})
REGISTRATION = Registration("http://op.test", "demo-bank", "http://rp.test/callback")
CLAIMS = {
    "iss": "http://op.test",
    "sub": "s-1",
    "aud": "demo-bank",
    "exp": NOW + 600,
    "iat": NOW,
    "auth_time": NOW - 60,
    "nonce": "the-nonce",
    "acr": "urn:countersign:acr:loa3:rb",
    "amr": ["pwd", "face"],
}


def signed(changes=None, *, header=None, key=KEY):
    claims = {
        name: value for name, value in (CLAIMS | (changes or {})).items() if value is not None
    }
    return jwt.encode({"alg": "ES256", "kid": "one"} | (header or {}), claims, key)


def validate(token, requirement=TRANSFER, access_token="an-access-token"):
    return id_token.validate(
        token,
        keys=KeySet([KEY]),
        registration=REGISTRATION,
        nonce="the-nonce",
        requirement=requirement,
        access_token=access_token,
        now=datetime.fromtimestamp(NOW, UTC),
    )


def test_a_sound_token_is_believed():
    assert validate(signed())["sub"] == "s-1"


def test_an_audience_of_one_in_a_list_is_believed():
    assert validate(signed({"aud": ["demo-bank"]}))["aud"] == ["demo-bank"]


@pytest.mark.parametrize(
    ("changes", "claim"),
    [
        ({"iss": "http://another.test"}, "iss"),
        ({"iss": "http://op.test/"}, "iss"),
        ({"iss": None}, "iss"),
        ({"aud": "another-client"}, "aud"),
        ({"aud": ["demo-bank", "another-client"]}, "aud"),
        ({"aud": []}, "aud"),
        ({"aud": None}, "aud"),
        ({"azp": "another-client"}, "azp"),
        ({"sub": ""}, "sub"),
        ({"sub": None}, "sub"),
        ({"sub": 7}, "sub"),
        ({"sub": "s" * 256}, "sub"),
        ({"nonce": "another"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"exp": NOW - 11}, "exp"),
        ({"exp": None}, "exp"),
        ({"exp": True}, "exp"),
        ({"exp": "soon"}, "exp"),
        ({"iat": NOW + 60}, "iat"),
        ({"iat": None}, "iat"),
        ({"nbf": NOW + 60}, "nbf"),
        ({"auth_time": NOW - 311}, "auth_time"),
        ({"auth_time": NOW + 60}, "auth_time"),
        ({"auth_time": None}, "auth_time"),
        ({"acr": None}, "acr"),
        ({"acr": 3}, "acr"),
        ({"amr": "face"}, "amr"),
        ({"amr": [1]}, "amr"),
        ({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, "at_hash"),
    ],
)
def test_a_changed_claim_is_refused(changes, claim):
    with pytest.raises(signed_token.TokenRejected) as rejected:
        validate(signed(changes))
    assert rejected.value.claim == claim


def test_a_changed_payload_breaks_the_signature():
    header, payload, signature = signed().split(".")
    other = signed({"sub": "s-2"}).split(".")[1]
    assert payload != other
    with pytest.raises(signed_token.TokenRejected, match="signature"):
        validate(f"{header}.{other}.{signature}")


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(
            signed(key=ECKey.generate_key("P-256", {"kid": "one"})), id="key of somebody else"
        ),
        pytest.param("not.a.token", id="no token"),
        pytest.param("", id="nothing"),
        pytest.param("eyJhbGciOiJub25lIn0.e30.", id="unsigned"),
        pytest.param(
            jwt.encode(
                {"alg": "HS256"}, dict(CLAIMS), OctKey.import_key("demo-bank-secret-of-32-bytes-xx")
            ),
            id="algorithm not on the list",
        ),
    ],
)
def test_a_signature_that_is_not_the_providers_is_refused(token):
    with pytest.raises(signed_token.TokenRejected, match="signature"):
        validate(token)


def test_a_token_of_another_type_is_refused():
    with pytest.raises(signed_token.TokenRejected, match="typ"):
        validate(signed(header={"typ": "logout+jwt"}))


def test_no_particular_age_is_needed_where_none_was_asked_for():
    assert validate(signed({"auth_time": NOW - 9000}), SIGN_IN)["auth_time"] == NOW - 9000
    assert "auth_time" not in validate(signed({"auth_time": None}), SIGN_IN)


@pytest.mark.parametrize(
    ("acr", "enough"),
    [
        ("urn:countersign:acr:loa3:rb", True),
        ("urn:countersign:acr:loa3", True),
        ("urn:countersign:acr:loa2:rb", False),
        ("urn:countersign:acr:loa1", False),
        ("URN:COUNTERSIGN:ACR:LOA3", False),
        ("urn:countersign:acr:loa3:rb ", False),
    ],
)
def test_only_an_acr_that_was_asked_for_is_enough(acr, enough):
    assert id_token.satisfies({"acr": acr}, TRANSFER) is enough


def test_the_key_id_of_a_broken_token_is_empty():
    assert signed_token.key_id(signed()) == "one"
    assert signed_token.key_id("broken") == ""


def test_the_maximum_age_of_a_transfer_is_five_minutes():
    assert TRANSFER.max_age == timedelta(minutes=5)
