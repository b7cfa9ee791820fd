"""RFC 6749 3.1.2; RFC 9700 2.1; RFC 8252 7; OIDC.md A1, A4, G6."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.protocol.redirect_uri import matches, problem

WEB = "https://rp.example/callback"
LOOPBACK = "http://127.0.0.1/callback"


@given(st.text(max_size=60), st.booleans())
def test_only_the_registered_text_matches(uri, native):
    assert matches(uri, [WEB], native=native) is (uri == WEB)


@given(st.sampled_from([WEB, LOOPBACK]), st.text(min_size=1, max_size=8), st.integers(0, 30))
def test_no_insertion_matches_a_web_client_s_uri(uri, inserted, at):
    assert not matches(uri[:at] + inserted + uri[at:], [uri], native=False)


@given(st.integers(1, 65_535), st.sampled_from(["127.0.0.1", "[::1]"]))
def test_any_port_of_a_registered_loopback_address_matches_a_native_client(port, host):
    registered = [f"http://{host}/callback"]
    asked = f"http://{host}:{port}/callback"
    assert matches(asked, registered, native=True)
    assert not matches(asked, registered, native=False)
    assert matches(f"http://{host}/callback", [asked], native=True)


@given(st.text(max_size=30))
def test_nothing_but_the_port_may_differ(rest):
    asked = f"http://127.0.0.1:8000{rest}"
    assert matches(asked, [LOOPBACK], native=True) is (rest == "/callback")


@pytest.mark.parametrize(
    "uri",
    [
        "http://localhost:1234/callback",
        "http://127.0.0.2:1234/callback",
        "http://127.0.0.1:0/callback",
        "http://127.0.0.1:08/callback",
        "http://127.0.0.1:65536/callback",
        "http://127.0.0.1:1234@evil.example/callback",
        "http://127.0.0.1:1234/callback#f",
        "http://127.0.0.1:1234/callback\n",
        "HTTP://127.0.0.1:1234/callback",
        "http://127.0.0.1.evil.example:1234/callback",
        "http://0x7f000001:1234/callback",
        "https://127.0.0.1:1234/callback",
    ],
)
def test_look_alikes_of_a_loopback_address_do_not_match(uri):
    assert not matches(uri, [LOOPBACK], native=True)


@pytest.mark.parametrize(
    ("uri", "native"),
    [
        (WEB, False),
        ("https://rp.example:8443/a/b?c=d", False),
        ("http://localhost:8001/callback", False),
        (LOOPBACK, True),
        ("http://[::1]/callback", True),
        ("com.example.app:/callback", True),
        ("com.example.app:/callback?x=1", True),
    ],
)
def test_what_may_be_registered(uri, native):
    assert problem(uri, native=native) == ""


@pytest.mark.parametrize("native", [True, False])
@pytest.mark.parametrize(
    "uri",
    [
        "",
        "callback",
        "/callback",
        "//rp.example/callback",
        "http://rp.example/callback",
        "https:///callback",
        "https://rp.example/callback#fragment",
        "https://*.rp.example/callback",
        "https://rp.example/*",
        "https://user:password@rp.example/callback",
        "https://rp.example/a/../callback",
        "https://rp.example/./callback",
        "https://rp.example\\callback",
        "https://rp.example/call back",
        "https://rp.\u00e9xample/callback",
        "https://rp.example:port/callback",
        "https://[rp.example/callback",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "app:/callback",
    ],
)
def test_what_may_not_be_registered(uri, native):
    assert problem(uri, native=native)


def test_a_private_scheme_is_for_native_clients():
    assert problem("com.example.app:/callback", native=False)


@given(st.text(max_size=80), st.booleans())
def test_any_text_gets_an_answer(uri, native):
    assert isinstance(problem(uri, native=native), str)
