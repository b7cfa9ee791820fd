"""RFC 8725 2 and 3; RFC 7515 4.1; OIDC.md H1, H4, H5: hostile JWTs wherever one is read.

Three doors read JWTs of strangers: client assertions, request objects, and hints, which name
what this provider has signed itself. None of them decrypts.
"""

from __future__ import annotations

import base64
import json
import time
import uuid
import zlib

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from idp import keys
from idp.protocol import algorithms
from tests.idp.client_jwt import (
    AnyAlgorithm,
    a_client_with_keys,
    assertion_form,
    jwks,
    key_for,
)
from tests.idp.internet import answer as document
from tests.idp.relying_party import ISSUER, RelyingParty, answer, form_post

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
EVIL = "https://evil.example/keys"


def encoded(value):
    """Return base64url of bytes, or of a value as JSON."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


class Assertions:
    """The token endpoint of a client that signs."""

    def __init__(self, browser):
        self.row = a_client_with_keys()
        self.key = key_for("ES256")

    def claims(self):
        client_id, now = self.row.client_id, int(time.time())
        times = {"iat": now, "exp": now + 60}
        return {"iss": client_id, "sub": client_id, "aud": ISSUER, "jti": uuid.uuid4().hex} | times

    def accepts(self, token):
        form = {"grant_type": "refresh_token", "refresh_token": "unknown"}
        response = form_post("/token", form | assertion_form(token))
        found = (response.status_code, response.json()["error"])
        assert found in {(400, "invalid_grant"), (401, "invalid_client")}
        return found[0] == 400


class Requests:
    """The authorization endpoint of a client that signs its requests."""

    def __init__(self, browser):
        self.browser = browser
        self.rp = RelyingParty(a_client_with_keys(), signing="ES256")
        self.rp.has_consent(browser)
        self.row = self.rp.row
        self.key = key_for("ES256")

    def claims(self):
        now = int(time.time())
        own = {"iss": self.row.client_id, "aud": ISSUER, "jti": uuid.uuid4().hex}
        return self.rp.request() | own | {"iat": now, "nbf": now, "exp": now + 60}

    def accepts(self, token):
        given = answer(self.rp.authorize(self.browser, request=token))
        if "code" in given:
            return True
        assert given["error"] in {"invalid_request_object", "request_not_supported"}
        return False


class Hints:
    """The authorization endpoint, asked for the person who is signed in."""

    def __init__(self, browser):
        self.browser = browser
        self.rp = RelyingParty()
        self.rp.has_consent(browser)
        self.row = self.rp.row
        self.key = keys.signing_key("ES256")

    def claims(self):
        now, subject = int(time.time()), self.browser.session_row.user.subject
        named = {"iss": ISSUER, "sub": subject, "aud": self.row.client_id}
        return named | {"iat": now, "exp": now + 60}

    def accepts(self, token):
        given = answer(self.rp.authorize(self.browser, id_token_hint=token))
        if "code" in given:
            return True
        assert given["error"] == "invalid_request"
        return False


@pytest.fixture(params=[Assertions, Requests, Hints], ids=lambda kind: kind.__name__)
def door(request, browser):
    return request.param(browser)


def signed(door, *, algorithm="ES256", key=None, claims=None, **header):
    """Return a JWT that lacks nothing but what the test changes."""
    header = {"alg": algorithm, "kid": door.key.kid, "typ": "JWT"} | header
    header = {name: value for name, value in header.items() if value is not None}
    claims = door.claims() | (claims or {})
    signer = key or door.key
    return jwt.encode(header, claims, signer, registry=Loose(), default_type=None)


class Loose(AnyAlgorithm):
    """Signs under any header."""

    def check_header(self, header):
        """Allow it."""


def test_a_sound_one_is_accepted(door):
    assert door.accepts(signed(door))


def test_h1_none_is_no_algorithm(door):
    claims = encoded(door.claims())
    for name in ("none", "None", "NONE", ""):
        for signature in ("", "AAAA"):
            header = encoded({"alg": name, "kid": door.key.kid, "typ": "JWT"})
            assert not door.accepts(f"{header}.{claims}.{signature}")


@pytest.mark.parametrize(
    "algorithm", ["HS256", "RS384", "RS512", "ES384", "ES512", "PS512", "ES256K", "RS1", "dir"]
)
def test_h1_an_algorithm_outside_the_list_is_refused(door, algorithm):
    header = encoded({"alg": algorithm, "kid": door.key.kid, "typ": "JWT"})
    _, claims, signature = signed(door).split(".")
    assert not door.accepts(f"{header}.{claims}.{signature}")


def test_h1_a_public_key_is_no_secret(door):
    """RFC 8725 2.1: HS256 with the public key as the secret."""
    for secret in (door.key.as_pem(private=False), json.dumps(door.key.as_dict()).encode()):
        key = OctKey.import_key(secret.hex())
        assert not door.accepts(signed(door, algorithm="HS256", key=key))


def test_h1_a_key_that_the_token_brings_along_is_not_believed(door, internet):
    own = ECKey.generate_key("P-256", {"kid": door.key.kid})
    site = internet.site("evil.example")
    site.says = document(jwks(own))
    brought = own.as_dict(private=False)
    for header in ({"jwk": brought}, {"jku": EVIL}, {"x5u": EVIL}, {"jku": EVIL, "jwk": brought}):
        assert not door.accepts(signed(door, key=own, **header))
    assert (site.requests, internet.asked) == ([], [])


def test_h1_no_address_in_a_header_is_called(door, internet):
    site = internet.site("evil.example")
    door.accepts(signed(door, jku=EVIL, x5u=EVIL))
    assert (site.requests, internet.asked) == ([], [])


@pytest.mark.parametrize(
    "header",
    [
        {"crit": ["exp"], "exp": 1},
        {"crit": ["b64"], "b64": False},
        {"crit": ["urn:x"], "urn:x": True},
        {"crit": ["absent"]},
        {"crit": []},
        {"crit": "alg"},
    ],
    ids=str,
)
def test_h1_what_is_critical_and_not_understood_is_refused(door, header):
    """RFC 7515 4.1.11."""
    assert not door.accepts(signed(door, **header))


@pytest.mark.parametrize(
    "kid",
    [
        "../../../etc/passwd",
        "/dev/null",
        "' OR '1'='1",
        "k1; DROP TABLE",
        "k1\x00",
        "\u202e",
        "k" * 400,
        ["k1"],
        {"k1": 1},
        1,
    ],
    ids=repr,
)
def test_h1_a_hostile_kid_is_only_unknown(door, kid):
    assert not door.accepts(signed(door, kid=kid))


@pytest.mark.parametrize("alg", [["ES256"], {"ES256": 1}, None, 1, True], ids=repr)
def test_h1_an_algorithm_that_is_no_text_is_refused(door, alg):
    header = encoded({"alg": alg, "kid": door.key.kid, "typ": "JWT"})
    _, claims, signature = signed(door).split(".")
    assert not door.accepts(f"{header}.{claims}.{signature}")


NO_JWT = {
    "dots": "...",
    "two-parts": "a.b",
    "three-parts": "a.b.c",
    "five-parts": "a.b.c.d.e",
    "empty-objects": "e30.e30.",
    "header-a-list": encoded([]) + ".e30.AAAA",
    "header-not-utf-8": encoded(b"\xff\xfe") + ".e30.AAAA",
    "header-nested": encoded(b"[" * 9000) + ".e30.AAAA",
    "claims-nested": "e30." + encoded(b"[" * 9000) + ".AAAA",
    "objects-nested": encoded(b'{"a":' * 2000) + ".e30.AAAA",
    "a-member-twice": encoded(b'{"alg":"ES256","alg":"none"}') + ".e30.AAAA",
    "a-number-of-5000-digits": encoded(b'{"alg":"ES256","n":' + b"9" * 5000 + b"}") + ".e30.AAAA",
    "json-serialization": '{"payload":"e30","signatures":[]}',
}


@pytest.mark.parametrize("token", NO_JWT.values(), ids=NO_JWT)
def test_h1_what_is_no_jwt_is_refused(door, token):
    assert not door.accepts(token)


def test_h1_a_signature_of_another_curve_is_refused(door):
    other = ECKey.generate_key("P-384", {"kid": door.key.kid})
    assert not door.accepts(signed(door, algorithm="ES384", key=other))
    header, claims, _ = signed(door).split(".")
    for signature in (encoded(b"\0" * 64), encoded(b"\0" * 96), encoded(b"\xff" * 64), ""):
        assert not door.accepts(f"{header}.{claims}.{signature}")


NO_TIMES = (float("nan"), float("inf"), float("-inf"), 10**400, -(10**400), -1, 1e308, "1", [1])


@pytest.mark.parametrize("value", NO_TIMES, ids=lambda value: repr(value)[:12])
@pytest.mark.parametrize("name", ["exp", "nbf", "iat"])
@pytest.mark.parametrize("door", [Assertions, Requests], indirect=True)
def test_h4_a_time_that_is_none_is_refused(door, name, value):
    assert not door.accepts(signed(door, claims={name: value}))


@pytest.mark.parametrize("door", [Assertions, Requests], indirect=True)
def test_h4_clocks_differ_by_a_minute_and_no_more(door):
    now = time.time()
    for claims in ({"exp": now - 30}, {"nbf": now + 30}, {"iat": now + 30}):
        assert door.accepts(signed(door, claims=claims))
    for claims in ({"exp": now - 90}, {"nbf": now + 90}):
        assert not door.accepts(signed(door, claims=claims))


def bomb(**header):
    """Return a JWE whose content would be ten megabytes, or whose key takes a day to derive."""
    deflate = zlib.compressobj(wbits=-15)
    content = deflate.compress(b" " * 10_000_000) + deflate.flush()
    parts = (header, b"k" * 40, b"i" * 12, content, b"t" * 16)
    return ".".join(encoded(part) for part in parts)


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2s": "c2FsdA", "p2c": 2**31 - 1},
        {"alg": "dir", "enc": "A128GCM", "zip": "DEF"},
        {"alg": "RSA-OAEP", "enc": "A128GCM", "zip": "DEF"},
        {"alg": "RSA1_5", "enc": "A128CBC-HS256"},
    ],
    ids=lambda header: header["alg"],
)
def test_h5_nothing_encrypted_is_opened(door, header):
    """A derivation of 2**31 rounds would not end within this test's time."""
    began = time.process_time()
    assert not door.accepts(bomb(**header))
    assert time.process_time() - began < 5


def test_h5_no_password_and_no_compression_is_offered(client):
    document = client.get("/.well-known/openid-configuration").json()
    offered = {
        name for member, names in document.items() if "_encryption_alg_" in member for name in names
    }
    assert offered <= set(algorithms.KEY_MANAGEMENT)
    assert not [name for name in offered if name.startswith(("PBES2", "dir", "RSA1_5", "A"))]
