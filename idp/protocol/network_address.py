"""Whose address attempts are counted by, behind proxies. RFC 7239 5.2 and 8.1; OIDC.md G10."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def forwarded_for(*, peer: str, chain: str, proxies: Iterable[Network]) -> str:
    """Return the nearest address that is not one of our `proxies`, as it was written.

    `chain` is ``X-Forwarded-For``: each proxy appends whom it saw, so it is read from the
    right, and only as long as the one who wrote is ours. What stands before that is hearsay.
    """
    ours = tuple(proxies)
    said = [hop.strip() for hop in chain.split(",") if hop.strip()]
    while said and _within(peer, ours):
        peer = said.pop()
    return peer


def unit(text: str) -> str:
    """Return what one party has of addresses: IPv6 by /64, IPv4 as it is; empty if neither."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Network((found.packed, 64), strict=False))


def _within(text: str, networks: tuple[Network, ...]) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return any(address in network for network in networks)
