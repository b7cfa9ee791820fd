"""Which redirect URIs may be registered, and which one a request may name.

RFC 6749 3.1.2; RFC 9700 2.1 and 4.1 (exact comparison); RFC 8252 7.1 (private-use schemes)
and 7.3 (loopback: any port, because the operating system chooses it).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})
_LOOPBACK = re.compile(r"(http://(?:127\.0\.0\.1|\[::1\]))(?::([1-9][0-9]{0,4}))?(/[^#]*|\?[^#]*|)")
_PLAIN = re.compile(r"[!-~]+")
_HIGHEST_PORT = 65_535


def matches(asked: str, registered: Iterable[str], *, native: bool) -> bool:
    """Return whether `asked` is one of `registered`, character by character.

    The one exception: a native client's loopback IP address with another port. The name
    ``localhost`` gets no exception, since it can be made to point elsewhere (RFC 8252 8.3).
    """
    uris = tuple(registered)
    if asked in uris:
        return True
    if not native:
        return False
    portless = _without_loopback_port(asked)
    return portless is not None and portless in map(_without_loopback_port, uris)


def problem(uri: str, *, native: bool) -> str:
    """Return why `uri` cannot be registered, as a sentence; an empty string when it can."""
    if not _PLAIN.fullmatch(uri) or set(uri) & set('\\*"<>#'):
        return "Only printable ASCII, and no fragment, wildcard, backslash, quote or bracket."
    try:
        parts = urlsplit(uri)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return "This is not a URI."
    if "." in parts.path.split("/") or ".." in parts.path.split("/") or "@" in parts.netloc:
        return "No dot segments and no user information."
    return _scheme_problem(parts, host, native=native)


def _scheme_problem(parts: SplitResult, host: str, *, native: bool) -> str:
    match parts.scheme:
        case "https":
            return "" if host else "The host is missing."
        case "http":
            return "" if host in LOOPBACK_HOSTS else "http is for loopback addresses only."
        case scheme if native and "." in scheme:
            return ""
    return "https; a native client may use a scheme of its own in reverse domain notation."


def _without_loopback_port(uri: str) -> tuple[str, str] | None:
    found = _LOOPBACK.fullmatch(uri)
    if found is None or int(found[2] or 0) > _HIGHEST_PORT:
        return None
    return found[1], found[3]
