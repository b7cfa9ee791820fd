"""RFC 7239 5.2 and 8.1; OIDC.md G10: whom a proxy forwards is believed of our own proxies only."""

from __future__ import annotations

import ipaddress

import pytest

from idp.protocol.network_address import forwarded_for, unit

PROXIES = [ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("fd00::/8")]


@pytest.mark.parametrize(
    ("peer", "chain", "counted"),
    [
        pytest.param("192.0.2.1", "", "192.0.2.1", id="nobody-between"),
        pytest.param("192.0.2.1", "8.8.8.8", "192.0.2.1", id="a-stranger-says-so"),
        pytest.param("10.0.0.1", "192.0.2.1", "192.0.2.1", id="our-proxy-says-so"),
        pytest.param("10.0.0.1", "8.8.8.8, 192.0.2.1", "192.0.2.1", id="its-client-added-one"),
        pytest.param("10.0.0.1", "192.0.2.1,fd00::2", "192.0.2.1", id="two-of-ours"),
        pytest.param("10.0.0.1", "", "10.0.0.1", id="our-proxy-says-nothing"),
        pytest.param("10.0.0.1", " , ", "10.0.0.1", id="only-commas"),
        pytest.param("10.0.0.1", "192.0.2.1, unknown", "unknown", id="not-an-address"),
        pytest.param("", "192.0.2.1", "", id="a-socket-without-an-address"),
    ],
)
def test_the_nearest_address_that_is_not_ours_counts(peer, chain, counted):
    assert forwarded_for(peer=peer, chain=chain, proxies=PROXIES) == counted


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8::1:2:3:4", "2001:db8::/64"),
        ("unknown", ""),
        ("", ""),
    ],
)
def test_one_party_has_one_ipv4_address_or_one_ipv6_network(text, counted):
    assert unit(text) == counted
