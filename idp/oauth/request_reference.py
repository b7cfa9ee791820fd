"""The request object behind a reference. OpenID Connect Core 6.2; RFC 9101 5.2; OIDC.md F6.

It is fetched for each request, since a client may change it; of requests at the same time, in
whatever process, one fetches for all. What could not be had is not asked for again for a minute:
nobody makes us call a dead or slow address again and again.
"""

from __future__ import annotations

import time

from django.core.cache import cache

from idp import fetching
from idp.protocol import opaque
from idp.protocol.destination import Reason
from idp.protocol.errors import ErrorCode, ProtocolError

MEDIA_TYPES = frozenset({
    "application/oauth-authz-req+jwt", "application/jwt", "application/jose",
    "application/octet-stream", "text/plain",
})  # fmt: skip
LONGEST = 65_536
PAUSE_SECONDS = 60
_GIVEN_UP = fetching.TOTAL_SECONDS + 1
_KEPT_SECONDS = 2
"""For those who wait: they look more often."""
_POLL_SECONDS = 0.05


def read(address: str) -> str:
    """Return the text at `address`, which has no fragment: that would be a version.

    Raises:
        ProtocolError: there is none, or there was none in the last minute.
    """
    place = f"idp:request-reference:{opaque.digest(address)}"
    failed, gate = f"{place}:failed", f"{place}:gate"
    if detail := cache.get(failed):
        raise _unreadable(detail)
    if not cache.add(gate, 1, _GIVEN_UP):
        return _awaited(place, failed)
    cache.delete(place)
    try:
        text = _fetch(address)
    except ProtocolError as error:
        cache.set(failed, error.detail, PAUSE_SECONDS)
        raise
    else:
        cache.set(place, text, _KEPT_SECONDS)
    finally:
        cache.delete(gate)
    return text


def _fetch(address: str) -> str:
    try:
        found = fetching.fetch(address, accept=MEDIA_TYPES, most=LONGEST)
        return found.body.decode("ascii").strip()
    except (fetching.FetchError, UnicodeDecodeError) as error:
        raise _unreadable(str(error)) from error


def _awaited(place: str, failed: str) -> str:
    """Return what another request is fetching."""
    until = time.monotonic() + _GIVEN_UP
    while time.monotonic() < until:
        found = cache.get_many((place, failed))
        if place in found:
            return str(found[place])
        if failed in found:
            raise _unreadable(found[failed])
        time.sleep(_POLL_SECONDS)
    raise _unreadable(Reason.TIME)


def _unreadable(detail: str) -> ProtocolError:
    return ProtocolError(
        ErrorCode.INVALID_REQUEST_URI, "The request_uri cannot be read.", detail=detail
    )
