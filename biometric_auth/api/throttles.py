"""Request limits per address and per transaction. R-9.5-10. A lost cache refuses (fail closed)."""

from __future__ import annotations

import hashlib

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView


class AddressThrottle(SimpleRateThrottle):
    """Requests of one network address; many people may share one."""

    scope = "biometric-address"
    rate = "1200/min"

    def get_cache_key(self, request: Request, _view: APIView) -> str:
        """Return the address's key. Headers that a client may set are not believed."""
        address = str(request.META.get("REMOTE_ADDR", ""))
        return f"{self.scope}:{hashlib.sha256(address.encode()).hexdigest()}"


class TransactionThrottle(SimpleRateThrottle):
    """Requests about one transaction, hence one person in one browser."""

    scope = "biometric-transaction"
    rate = "120/min"

    def get_cache_key(self, _request: Request, view: APIView) -> str | None:
        """Return the transaction's key."""
        handle = view.kwargs.get("handle")
        return f"{self.scope}:{handle}" if handle else None
