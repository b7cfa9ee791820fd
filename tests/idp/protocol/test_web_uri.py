"""RFC 6454 4 and 6; RFC 6749 3.1.2: origins as browsers write them, queries untouched."""

from __future__ import annotations

import pytest

from idp.protocol import web_uri


@pytest.mark.parametrize(
    ("uri", "origin"),
    [
        ("https://rp.example/callback?x=1", "https://rp.example"),
        ("https://RP.Example:443/", "https://rp.example"),
        ("http://rp.example:80", "http://rp.example"),
        ("http://localhost:8001/logged-out", "http://localhost:8001"),
        ("https://rp.example:8443", "https://rp.example:8443"),
        ("http://[::1]:8001/", "http://[::1]:8001"),
        ("com.example.app:/callback", ""),
        ("javascript:alert(1)", ""),
        ("https://user@rp.example/", ""),
        ("https:///callback", ""),
        ("https://rp.example:99999/", ""),
        ("https://[rp.example/", ""),
        ("https://rp.example;script-src/", ""),
        ("https://rp.example 'unsafe-inline'/", ""),
        ("https://bücher.example/", ""),
        ("", ""),
    ],
)
def test_the_origin_of_an_address(uri, origin):
    assert web_uri.origin(uri) == origin


@pytest.mark.parametrize(
    ("uri", "added"),
    [
        ("https://rp.example/out", "https://rp.example/out?sid=a+b&iss=x"),
        ("https://rp.example/out?a=%20", "https://rp.example/out?a=%20&sid=a+b&iss=x"),
        ("com.example.app:/out", "com.example.app:/out?sid=a+b&iss=x"),
    ],
)
def test_what_was_registered_stays_as_it_was(uri, added):
    assert web_uri.with_query(uri, {"sid": "a b", "iss": "x"}) == added


def test_without_parameters_nothing_is_added():
    assert web_uri.with_query("https://rp.example/out", {}) == "https://rp.example/out"
