"""OIDC.md F1, F3, F7; RFC 6890, RFC 6052: addresses that can be a stranger's, and URLs to them."""

from __future__ import annotations

import ipaddress

import pytest

from idp.protocol.destination import Destination, Reason, is_public, may_reach, read

PUBLIC = ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "64:ff9b::808:808", "2620:4f:8000::1"]
INSIDE = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:8.8.8.8",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::808:808",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_a_strangers_address_is_public(address):
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", INSIDE)
def test_f3_no_address_with_another_meaning_is_public(address):
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_this_machine_is_reached_only_where_it_is_allowed(address, scheme):
    judged = ipaddress.ip_address(address)
    assert may_reach(judged, scheme=scheme, loopback=True)
    assert not may_reach(judged, scheme=scheme, loopback=False)


@pytest.mark.parametrize("loopback", [True, False])
def test_clear_text_never_leaves_this_machine(loopback):
    public, private = map(ipaddress.ip_address, ("8.8.8.8", "10.0.0.1"))
    assert may_reach(public, scheme="https", loopback=loopback)
    assert not may_reach(public, scheme="http", loopback=loopback)
    assert not may_reach(private, scheme="https", loopback=loopback)


def test_a_url_has_its_parts():
    assert read("https://RP.example/a?b=c#d", own_host="op.example", loopback=False) == Destination(
        "https", "rp.example", 443, "RP.example", "/a?b=c"
    )
    assert read("https://[2606:4700::1111]:8443", own_host="", loopback=False) == Destination(
        "https", "2606:4700::1111", 8443, "[2606:4700::1111]:8443", "/"
    )


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://rp.example/\n", Reason.URL),
        ("https://rp.example:99999/", Reason.URL),
        ("http://rp.example/", Reason.SCHEME),
        ("https://a@rp.example/", Reason.USER_INFORMATION),
        ("https://rp.example:25/", Reason.PORT),
        ("https://rp.example:0/", Reason.PORT),
        ("https://1.2/", Reason.HOST),
        ("https://[fe80::1%25lo]/", Reason.HOST),
        ("https://op.example/", Reason.OWN_HOST),
    ],
)
def test_what_is_not_called_says_why(url, reason):
    assert read(url, own_host="op.example", loopback=False) == reason


def test_a_demonstration_calls_http_and_itself():
    found = read("http://localhost:8001/", own_host="localhost", loopback=True)
    assert found == Destination("http", "localhost", 8001, "localhost:8001", "/")
    assert read("ftp://localhost/", own_host="localhost", loopback=True) == Reason.SCHEME
