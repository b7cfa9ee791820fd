"""Look clients up. RFC 6749 2; PERFORMANCE.md.

What is asked of a browser's request may be some seconds old: whatever is granted by it looks
again (`idp.oauth.front_channel`). Who decides by a client's secret or keys reads the row: the
old secret of a rotation, made in another process, is of no use from that moment.
Misses are remembered as well: that a client is unknown must not show in the time of answers
(OIDC.md C4).
"""

from __future__ import annotations

import time

from idp.models import Client
from idp.models.client import IDENTIFIER
from idp.policy import get_policy

_MOST_REMEMBERED = 20_000

_remembered: dict[str, tuple[float, Client | None]] = {}


def find(client_id: str) -> Client | None:
    """Return the active client; its row may be some seconds old, and is not to be changed."""
    until, client = _remembered.get(client_id, (0.0, None))
    return client if until > time.monotonic() else read(client_id)


def read(client_id: str) -> Client | None:
    """Return the active client as it is now."""
    if not IDENTIFIER.fullmatch(client_id):
        return None
    client = Client.objects.filter(client_id=client_id, is_active=True).first()
    if len(_remembered) >= _MOST_REMEMBERED:
        _remembered.clear()
    lifetime = get_policy().client_cache_lifetime.total_seconds()
    _remembered[client_id] = (time.monotonic() + lifetime, client)
    return client


def forget(client_id: str = "") -> None:
    """Read this client again at its next use, or every one."""
    if client_id:
        _remembered.pop(client_id, None)
    else:
        _remembered.clear()
