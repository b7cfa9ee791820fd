"""Web addresses: their origin, and parameters added to them. RFC 6454 4, 6; RFC 6749 3.1.2.

The registered address is never rewritten: a client may compare what arrives with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

_PORTS = {"https": 443, "http": 80}
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]*:[0-9a-f:.]*")


def origin(uri: str) -> str:
    """Return the origin of an http(s) address as browsers write it; '' where there is none."""
    try:
        parts = urlsplit(uri)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if parts.scheme not in _PORTS or "@" in parts.netloc or not _HOST.fullmatch(host):
        return ""
    host = f"[{host}]" if ":" in host else host
    shown = "" if port in {None, _PORTS[parts.scheme]} else f":{port}"
    return f"{parts.scheme}://{host}{shown}"


def with_query(uri: str, parameters: Mapping[str, str]) -> str:
    """Return `uri` with further query parameters; the query that it has stays."""
    if not parameters:
        return uri
    return f"{uri}{'&' if '?' in uri else '?'}{urlencode(parameters)}"
