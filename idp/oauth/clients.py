"""Look clients up, remembered in the process for seconds. RFC 6749 2; PERFORMANCE.md.

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
    if not IDENTIFIER.fullmatch(client_id):
        return None
    until, client = _remembered.get(client_id, (0.0, None))
    if until > time.monotonic():
        return client
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
