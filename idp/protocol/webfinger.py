"""Which resources this provider is the issuer of. RFC 7033 4; OpenID Connect Discovery 1.0 2.

The answer depends on the host alone: whether somebody has an account is not told (OIDC.md G9).
RFC 7565 has the syntax of ``acct`` URIs.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

ISSUER_REL = "http://openid.net/specs/connect/1.0/issuer"
LONGEST_RESOURCE = 2048
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]+")
_ACCOUNT = re.compile(r"(?i:acct):(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+@([^@/?#]+)")


def is_resource(text: str) -> bool:
    """Return whether `text` is a URI, as a query's ``resource`` must be."""
    return len(text) <= LONGEST_RESOURCE and _URI.fullmatch(text) is not None


def is_ours(resource: str, issuer: str) -> bool:
    """Return whether `resource`, a URI, is an account or a page at the host of `issuer`."""
    ours = urlsplit(issuer)
    if account := _ACCOUNT.fullmatch(resource):
        return account[1].lower() in {ours.hostname, ours.netloc.lower()}
    try:
        asked = urlsplit(resource)
    except ValueError:
        return False
    # An address that a person has typed may have a user in front (Discovery 2.1.2).
    host = asked.netloc.rpartition("@")[2].lower()
    return (asked.scheme, host) == (ours.scheme, ours.netloc.lower())
