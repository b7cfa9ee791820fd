"""Which URLs and addresses the provider calls for a client. OIDC.md F1, F3, F7.

RFC 9700 4.9 and OWASP on server-side request forgery; RFC 6890 (special-purpose addresses);
RFC 6052 (NAT64). Names are resolved elsewhere: here a URL is read and an address is judged.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

LONGEST_URL = 2048
_PORTS = {"https": 443, "http": 80}
_UNPRIVILEGED = 1024
_PLAIN = re.compile(r"[!-\[\]-~]+")
_LABEL = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
# A last label that begins with a letter: `2130706433`, `0177.1` and `0x7f000001` are addresses
# in disguise, which the C library reads as such.
_NAME = re.compile(rf"(?=.{{1,253}}$)(?:{_LABEL}\.)*(?=[a-z]){_LABEL}")

_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# What `is_global` does not know in every supported Python: protocol assignments, relays of
# 6to4, addresses that carry an IPv4 address (Teredo, 6to4), documentation.
_NOBODYS = tuple(
    ipaddress.ip_network(text)
    for text in ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2002::/16", "3fff::/20")
)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Reason(StrEnum):
    """Why nothing came; for the log, never for a client. OIDC.md F8."""

    URL = "url"
    SCHEME = "scheme"
    USER_INFORMATION = "user-information"
    PORT = "port"
    HOST = "host"
    OWN_HOST = "own-host"
    UNRESOLVED = "unresolved"
    ADDRESS = "address"
    CONNECTION = "connection"
    TLS = "tls"
    TIME = "time"
    REDIRECT = "redirect"
    STATUS = "status"
    MEDIA_TYPE = "media-type"
    ENCODING = "encoding"
    SIZE = "size"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a request goes. `authority` is the Host header, `target` the path and query."""

    scheme: str
    host: str
    port: int
    authority: str
    target: str


def read(url: str, *, own_host: str, loopback: bool) -> Destination | Reason:
    """Return the parts of `url`, or why it is not called.

    `loopback` permits http and the provider's own host.
    """
    if len(url) > LONGEST_URL or not _PLAIN.fullmatch(url):
        return Reason.URL
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return Reason.URL
    port = _PORTS.get(parts.scheme, 0) if port is None else port
    refused = {
        Reason.SCHEME: parts.scheme != "https" and not (loopback and parts.scheme == "http"),
        Reason.USER_INFORMATION: "@" in parts.netloc,
        # Below are the services of other protocols; nobody's documents are there.
        Reason.PORT: port < _UNPRIVILEGED and port not in _PORTS.values(),
        Reason.HOST: not _NAME.fullmatch(host) and not _is_address(host),
        Reason.OWN_HOST: host == own_host and not loopback,
    }
    for reason, applies in refused.items():
        if applies:
            return reason
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Destination(parts.scheme, host, port, parts.netloc, target)


def may_reach(address: Address, *, scheme: str, loopback: bool) -> bool:
    """Return whether a connection to `address` is allowed; clear text only in this machine."""
    if _is_loopback(address):
        return loopback
    return scheme == "https" and is_public(address)


def is_public(address: Address) -> bool:
    """Return whether `address` can be a stranger's server."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64:
            return is_public(ipaddress.IPv4Address(address.packed[12:]))
        if address not in _GLOBAL_UNICAST:
            return False
    special = address.is_multicast or address.is_reserved or any(address in net for net in _NOBODYS)
    return address.is_global and not special


def _is_loopback(address: Address) -> bool:
    """Return whether it is this machine, also as ``::ffff:127.0.0.1``."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped.is_loopback
    return address.is_loopback


def _is_address(text: str) -> bool:
    """Return whether it is an address; one with a zone is of this machine's networks."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text
