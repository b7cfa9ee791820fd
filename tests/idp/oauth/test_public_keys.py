"""RFC 7517 5; RFC 8725 3.5; OIDC.md H1: which keys of clients are trusted."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from idp.oauth.public_keys import MOST_KEYS, problem, usable

RSA = RSAKey.generate_key(2048)
EC = ECKey.generate_key("P-256")


def public(key, **members):
    return key.as_dict(private=False) | members


def a_weak_key():
    raw = rsa.generate_private_key(65537, 1024)
    return RSAKey(raw, raw)


def number(value, size=0):
    raw = value.to_bytes(size or (value.bit_length() + 7) // 8 or 1)
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


GOOD = [
    public(RSA, kid="rsa", use="sig", alg="RS256"),
    public(EC, kid="ec"),
    public(ECKey.generate_key("P-521"), use="enc"),
    public(OKPKey.generate_key("Ed25519"), kid="ed", key_ops=["verify"]),
    public(OKPKey.generate_key("X25519"), kid="x"),
]
BAD = [
    pytest.param(OctKey.generate_key(256).as_dict(private=True), "symmetric", id="symmetric"),
    pytest.param(EC.as_dict(private=True), "private", id="private-ec"),
    pytest.param(RSA.as_dict(private=True), "private", id="private-rsa"),
    pytest.param({"kty": "unknown", "k": "AAAA"}, "private", id="private-unknown"),
    pytest.param(public(a_weak_key()), "2048", id="rsa-1024"),
    pytest.param(public(RSA, n=number(3 << 20_000)), "too long", id="rsa-huge"),
    pytest.param(public(RSA, n=number((1 << 8195) + 1)), "bits", id="rsa-a-little-too-large"),
    pytest.param(public(RSA, e=number(1)), "valid", id="exponent-1"),
    pytest.param(public(RSA, e=number(2)), "valid", id="exponent-even"),
    pytest.param(public(RSA, e=number((1 << 70) + 1)), "exponent", id="exponent-huge"),
    pytest.param(public(RSA, e="!"), "valid", id="exponent-not-base64"),
    pytest.param({"kty": "RSA", "n": RSA.as_dict()["n"]}, "valid", id="exponent-missing"),
    pytest.param(public(EC, crv="P-384"), "valid", id="another-curve"),
    pytest.param(public(EC, y=number(5, 32)), "valid", id="beside-its-curve"),
    pytest.param(public(EC, x=7), "too long", id="not-text"),
    pytest.param(public(OKPKey.generate_key("Ed25519"), x="AAAA"), "valid", id="too-short"),
    pytest.param(public(EC, use="both", key_ops=["verify"]), "valid", id="use-unknown"),
    pytest.param(public(EC, use="sig", key_ops=["encrypt"]), "valid", id="use-and-key-ops"),
    pytest.param(public(EC, kid=["a"]), "valid", id="kid-not-text"),
    pytest.param(public(EC, alg={"a": 1}), "valid", id="alg-not-text"),
]


def test_good_keys_of_every_kind_are_taken():
    assert problem({"keys": GOOD}) == ""
    assert [key["kty"] for key in usable({"keys": GOOD})] == ["RSA", "EC", "EC", "OKP", "OKP"]


def test_a_key_without_a_kid_goes_by_its_thumbprint():
    assert usable({"keys": [public(EC)]})[0]["kid"] == EC.thumbprint()


@pytest.mark.parametrize(("key", "why"), BAD)
def test_h1_a_bad_key_is_refused_at_registration(key, why):
    assert why in problem({"keys": [*GOOD, key]})


@pytest.mark.parametrize(("key", "why"), BAD)
def test_h1_a_bad_key_of_a_fetched_set_is_ignored(key, why):
    assert usable({"keys": [key]}) == []
    assert len(usable({"keys": [key, GOOD[0]]})) == 1


@pytest.mark.parametrize(
    "key",
    [{"kty": "AKP", "alg": "ML-DSA-44"}, public(EC, crv="secp256k1"), {"kty": ["RSA"]}, {}],
)
def test_a_key_of_an_unknown_kind_may_stand_beside_a_good_one(key):
    assert problem({"keys": [key, GOOD[1]]}) == ""
    assert usable({"keys": [key, GOOD[1]]}) == usable({"keys": [GOOD[1]]})
    assert problem({"keys": [key]}) == "There is no key of a kind that is understood."


def test_h1_references_to_certificates_are_dropped_unread():
    named = public(EC, kid="ec", x5u="https://evil.example/", x5c=["AAAA"], jku="https://evil/")
    assert usable({"keys": [named]}) == [public(EC, kid="ec")]


@pytest.mark.parametrize(
    ("operations", "use"),
    [
        (["verify"], "sig"),
        (["wrapKey"], "enc"),
        (["encrypt", "wrapKey"], "enc"),
        (["deriveKey"], "enc"),
        (["verify", "encrypt"], None),
        ([], None),
    ],
    ids=str,
)
def test_what_a_key_is_for_may_be_said_by_its_operations(operations, use):
    (kept,) = usable({"keys": [public(EC, kid="ec", key_ops=operations)]})
    assert (kept.get("use"), "key_ops" in kept) == (use, False)


@pytest.mark.parametrize(
    "jwks", [None, [], "keys", {}, {"keys": {}}, {"keys": ["x"]}, {"keys": GOOD * MOST_KEYS}]
)
def test_what_is_no_key_set_is_refused(jwks):
    assert problem(jwks)
    with pytest.raises(ValueError, match="key set"):
        usable(jwks)
