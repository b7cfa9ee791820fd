"""RFC 7515, RFC 7516, RFC 7797: the agent's JOSE against joserfc's, and against forgeries."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwe, jws
from joserfc.jwk import ECKey

from biometric_auth.reference_agent import jose


@pytest.fixture
def key():
    return ec.generate_private_key(ec.SECP256R1())


@pytest.fixture
def jwks(key):
    return {"keys": [jose.public_jwk(key.public_key()) | {"kid": "one"}]}


def joserfc_key(key):
    return ECKey.import_key({**jose.public_jwk(key.public_key())})


def signed(key, claims, *, header=None):
    private = ECKey.import_key(key)
    head = {"alg": "ES256", "typ": "T", "kid": "one"} | (header or {})
    return jws.serialize_compact(head, json.dumps(claims), private)


def test_joserfc_reads_our_signature(key):
    token = jose.sign(key, {"txn": "1"}, typ="T")
    read = jws.deserialize_compact(token, joserfc_key(key))
    assert (read.protected, json.loads(read.payload)) == (
        {"alg": "ES256", "typ": "T"},
        {"txn": "1"},
    )


def test_we_read_joserfcs_signature(key, jwks):
    assert jose.verify(signed(key, {"a": 1}), jwks, typ="T") == {"a": 1}


def test_joserfc_reads_our_detached_signature(key):
    token = jose.sign_detached(key, b"payload. with dots")
    read = jws.deserialize_compact(token, joserfc_key(key), payload=b"payload. with dots")
    assert read.payload == b"payload. with dots"


def test_joserfc_opens_our_envelope(key):
    sealed = jose.encrypt(b"frames", key.public_key(), header={"kid": "one"})
    opened = jwe.decrypt_compact(sealed, ECKey.import_key(key), algorithms=["ECDH-ES", "A256GCM"])
    assert opened.plaintext == b"frames"
    assert opened.protected["kid"] == "one"


@pytest.mark.parametrize(
    "header",
    [{"typ": "U"}, {"typ": "JWT"}, {"kid": "two"}],
    ids=str,
)
def test_another_header_is_refused(key, jwks, header):
    with pytest.raises(jose.SignatureRefused):
        jose.verify(signed(key, {}, header=header), jwks, typ="T")


@pytest.mark.parametrize("token", ["", "a.b", "a.b.c", "a.b.c.d", "e30.e30.e30"])
def test_what_is_no_token_is_refused(jwks, token):
    with pytest.raises(jose.SignatureRefused):
        jose.verify(token, jwks, typ="T")


def test_a_changed_payload_or_signature_is_refused(key, jwks):
    head, body, signature = signed(key, {"a": 1}).split(".")
    other = signed(key, {"a": 2}).split(".")
    for forged in (f"{head}.{other[1]}.{signature}", f"{head}.{body}.{other[2]}"):
        with pytest.raises(jose.SignatureRefused):
            jose.verify(forged, jwks, typ="T")


def test_an_unsigned_or_symmetric_token_is_refused(key, jwks):
    body = jose.encode(b"{}")
    for algorithm in ("none", "HS256"):
        head = jose.encode(json.dumps({"alg": algorithm, "typ": "T", "kid": "one"}).encode())
        with pytest.raises(jose.SignatureRefused):
            jose.verify(f"{head}.{body}.{jose.encode(b'x' * 64)}", jwks, typ="T")


@pytest.mark.parametrize("jwk", [{}, {"kty": "EC", "crv": "P-384"}, {"kty": "RSA"}], ids=str)
def test_only_p_256_is_spoken(jwk):
    with pytest.raises(ValueError, match="P-256"):
        jose.read_jwk(jwk)


def test_a_point_off_the_curve_is_refused():
    with pytest.raises(ValueError, match="curve"):
        jose.read_jwk({"kty": "EC", "crv": "P-256", "x": jose.encode(b"\1" * 32), "y": "AQ"})
