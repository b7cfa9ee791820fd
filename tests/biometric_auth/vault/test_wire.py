"""RFC 7515, 7516, 7797; R-9.1-3, R-9.5-8: what the wire accepts and what it refuses."""

from __future__ import annotations

import json

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, OKPKey

from biometric_auth.domain.errors import MalformedMessage, ProofRefused
from biometric_auth.vault import wire

KEY = ECKey.generate_key("P-256")
PUBLIC = wire.import_device_key(KEY.as_dict(private=False))
PAYLOAD = json.dumps({"frames": ["é", "a.b"]}).encode()


def detached(key=KEY, alg="ES256", payload=PAYLOAD, **header):
    protected = {"alg": alg, "b64": False, "crit": ["b64"]} | header
    registry = jws.JWSRegistry(algorithms=[alg])
    return jws.serialize_compact(protected, payload, key, registry=registry)


def assert_accepted(signature, key):
    """Nothing is raised for the payload, and something is for any other."""
    wire.verify_detached(signature, payload=PAYLOAD, key=key)
    with pytest.raises(ProofRefused):
        wire.verify_detached(signature, payload=PAYLOAD + b" ", key=key)


def test_a_detached_signature_over_exactly_these_bytes_is_accepted():
    assert_accepted(detached(), PUBLIC)


def test_ed25519_is_accepted():
    key = OKPKey.generate_key("Ed25519")
    public = wire.import_device_key(key.as_dict(private=False))
    assert_accepted(detached(key, "Ed25519"), public)


def _encoded():
    compact = jws.serialize_compact({"alg": "ES256"}, PAYLOAD, KEY, algorithms=["ES256"])
    head, _, signature = compact.split(".")
    return f"{head}..{signature}"


def _attached():
    return jws.serialize_compact({"alg": "ES256"}, PAYLOAD, KEY, algorithms=["ES256"])


def _symmetric():
    return detached(OctKey.import_key("s" * 32), "HS256")


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param(_encoded, id="payload-was-encoded"),
        pytest.param(_attached, id="payload-attached"),
        pytest.param(_symmetric, id="symmetric"),
        pytest.param(lambda: detached(ECKey.generate_key("P-256")), id="another-key"),
        pytest.param(lambda: detached(payload=PAYLOAD + b" "), id="other-bytes"),
        pytest.param(lambda: "", id="nothing"),
        pytest.param(lambda: "a.b.c", id="noise"),
        pytest.param(lambda: "x" * 200_000, id="too-long"),
    ],
)
def test_any_other_statement_is_refused(statement):
    with pytest.raises(ProofRefused):
        wire.verify_detached(statement(), payload=PAYLOAD, key=PUBLIC)


@pytest.mark.parametrize(
    "plaintext",
    [b"\0", b"\0\0\0", b"\0\0\0\x05abc", b"\xff\xff\xff\xff", b"\0\0\0\0" * 27],
    ids=["short", "shorter", "half", "huge", "many"],
)
def test_parts_that_do_not_add_up_are_refused(plaintext):
    with pytest.raises(MalformedMessage):
        wire._split(plaintext)


def test_parts_add_up():
    assert wire._split(b"\0\0\0\x01a\0\0\0\0\0\0\0\x02bc") == [b"a", b"", b"bc"]


@pytest.mark.parametrize(
    ("message", "fits"),
    [(b"a.b.c.d.e", True), (b"a.b.c", False), (b"", False), (b"." * 4 + b"x" * 1_500_000, False)],
)
def test_the_outer_form_of_a_capture(message, fits):
    assert wire.looks_like_capture(message) is fits
