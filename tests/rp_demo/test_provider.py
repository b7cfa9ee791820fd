"""OpenID Connect Discovery 1.0 4; RFC 7517 5: what the relying party knows of its provider."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from joserfc.jwk import ECKey

from rp_demo.provider import KEY_SET_PAUSE, METADATA_AGE, Provider
from rp_demo.transport import Answer, Unreachable, get_json, send
from tests.rp_demo.fake_provider import ISSUER, FakeProvider


class Clock:
    def __init__(self):
        self.now = datetime(2026, 11, 23, tzinfo=UTC)

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def fake():
    return FakeProvider()


@pytest.fixture
def known(fake, clock):
    return Provider(ISSUER, fake, clock)


def test_metadata_are_kept_for_a_while(known, fake, clock):
    known.metadata()
    known.metadata()
    assert len(fake.calls) == 1
    clock.now += METADATA_AGE + timedelta(seconds=1)
    known.metadata()
    assert len(fake.calls) == 2


def test_a_rotated_key_is_fetched_but_not_without_end(known, fake, clock):
    known.keys("one")
    fake.published.append(ECKey.generate_key("P-256", {"kid": "two"}))
    assert [key.kid for key in known.keys("two").keys] == ["one"]
    clock.now += KEY_SET_PAUSE
    assert [key.kid for key in known.keys("two").keys] == ["one", "two"]


@pytest.mark.parametrize("name", ["issuer", "token_endpoint", "authorization_endpoint", "jwks_uri"])
def test_metadata_without_what_we_need_are_refused(known, fake, name):
    del fake.metadata[name]
    with pytest.raises(Unreachable):
        known.metadata()


def test_keys_that_cannot_be_read_are_refused(known, fake):
    fake.published = [type("Key", (), {"as_dict": lambda *_, **__: {"kty": "?"}})()]
    with pytest.raises(Unreachable):
        known.keys("one")


@pytest.mark.parametrize("body", [b"", b"[]", b"<html>", b"\xff"])
def test_only_a_json_object_is_an_answer(body):
    with pytest.raises(Unreachable):
        get_json(lambda *_, **__: Answer(200, {}, body), ISSUER, {})


def test_an_error_is_no_answer():
    with pytest.raises(Unreachable):
        get_json(lambda *_, **__: Answer(404, {}, b"{}"), ISSUER, {})


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://localhost/x", "data:,x"])
def test_only_http_is_spoken(url):
    with pytest.raises(Unreachable):
        send("GET", url, headers={})


def test_nobody_there_is_said_so():
    with pytest.raises(Unreachable):
        send("GET", "http://127.0.0.1:9/", headers={})
