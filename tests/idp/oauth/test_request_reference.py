"""OIDC.md F6: what is behind a `request_uri` is not asked for more often than it is of use."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache

from idp.oauth import request_reference
from idp.protocol import opaque
from idp.protocol.errors import ProtocolError
from tests.factories import a_client
from tests.idp.internet import answer
from tests.idp.relying_party import RelyingParty
from tests.idp.relying_party import answer as parameters

REFERENCE = "https://rp.example/request.jwt"
TEXT = "application/jwt"
PARALLEL = 8


@pytest.fixture
def site(internet):
    return internet.site("rp.example")


def read(_=None):
    """Return the text, or the public half of the error."""
    try:
        return request_reference.read(REFERENCE)
    except ProtocolError as error:
        return error.description


def test_what_is_there_is_read_anew_each_time(site):
    for text in (b"one", b"two"):
        site.says = answer(text, content_type=TEXT)
        assert read() == text.decode()


def test_f6_what_cannot_be_read_is_asked_for_once_in_a_minute(site):
    site.says = answer(status="500 Oops")
    assert read() == read() == "The request_uri cannot be read."
    assert len(site.requests) == 1
    site.says = answer(b"one", content_type=TEXT)
    cache.clear()  # as after the minute
    assert read() == "one"


@pytest.mark.parametrize("status", ["200 OK", "500 Oops"])
def test_f6_of_those_who_ask_at_once_one_fetches_for_all(site, status):
    def slowly(_):
        time.sleep(0.5)
        return answer(b"one", status=status, content_type=TEXT)

    site.says = slowly
    with ThreadPoolExecutor(PARALLEL) as pool:
        found = set(pool.map(read, range(PARALLEL)))
    assert found == {"one" if status == "200 OK" else "The request_uri cannot be read."}
    assert len(site.requests) == 1


def test_who_waits_in_vain_gets_the_same_error(monkeypatch):
    monkeypatch.setattr(request_reference, "_GIVEN_UP", 0.2)
    key = opaque.digest(REFERENCE)
    cache.add(f"idp:request-reference:{key}:gate", 1, 5)  # by a process that has died
    assert read() == "The request_uri cannot be read."


@pytest.mark.django_db
def test_f6_another_version_of_a_dead_reference_is_no_way_around(site, browser):
    rp = RelyingParty(a_client(request_uris=[REFERENCE]))
    site.says = answer(status="500 Oops")
    for version in ("", "#1", "#2"):
        given = parameters(rp.authorize(browser, request_uri=REFERENCE + version))
        assert given["error"] == "invalid_request_uri"
    assert len(site.requests) == 1
