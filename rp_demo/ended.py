"""Sessions that the provider has ended. OpenID Connect Back-Channel Logout 1.0 2.7.

The sessions themselves are in cookies, which nobody can take back; so this process remembers
which it must not believe any more, for as long as such a cookie can live.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from rp_demo.logout_token import Logout

MEMORY = timedelta(hours=8)
"""As long as an idle cookie lives (`SESSION_COOKIE_AGE`)."""


class Ended:
    """Logouts of the last hours, in memory: this bank forgets when its process ends."""

    def __init__(self, most: int = 10_000) -> None:
        """Remember at most `most` tokens, sessions and people each."""
        self._most = most
        self._lock = threading.Lock()
        self._tokens: OrderedDict[str, float] = OrderedDict()
        self._sessions: OrderedDict[str, float] = OrderedDict()
        self._subjects: OrderedDict[str, float] = OrderedDict()

    def take(self, logout: Logout, *, now: datetime) -> bool:
        """End what the token names; False if the same token came before."""
        at = now.timestamp()
        with self._lock:
            if logout.token_id in self._tokens:
                return False
            self._remember(self._tokens, logout.token_id, at)
            if logout.sid:
                self._remember(self._sessions, logout.sid, at)
            else:
                self._remember(self._subjects, logout.subject, at, value=logout.issued_at)
        return True

    def covers(self, claims: Mapping[str, Any]) -> bool:
        """Tell whether the sign-in that gave these claims has been ended."""
        with self._lock:
            if claims.get("sid") in self._sessions:
                return True
            ended_at = self._subjects.get(str(claims.get("sub")))
        return ended_at is not None and claims.get("iat", 0) <= ended_at

    def _remember(
        self, kept: OrderedDict[str, float], key: str, at: float, *, value: float | None = None
    ) -> None:
        oldest = at - MEMORY.total_seconds()
        while kept and (len(kept) >= self._most or next(iter(kept.values())) < oldest):
            kept.popitem(last=False)
        kept[key] = at if value is None else value


ended = Ended()
