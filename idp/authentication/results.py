"""Results of the methods that run in this process: kept under a handle, taken once.

They keep the same promise as a remote method: nothing that the browser carries is believed
but the receipt, and the receipt serves once.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta

from django.core.cache import cache

from idp.contract import AuthenticationResult, Evidence
from idp.protocol import opaque

LIFETIME = timedelta(minutes=2)


def keep(handle: str, result: AuthenticationResult) -> str:
    """Keep `result` for its one collection; return the receipt for it."""
    receipt = opaque.new()
    cache.set(
        _key(handle),
        {
            "receipt": opaque.digest(receipt),
            "subject": result.subject,
            "amr": sorted(result.amr),
            "at": result.at.isoformat(),
            "evidence": asdict(result.evidence),
            "details": result.details,
        },
        LIFETIME.total_seconds(),
    )
    return receipt


def take(handle: str, receipt: str) -> AuthenticationResult | None:
    """Return the result once, and only for its receipt."""
    kept = cache.get(_key(handle))
    if kept is None or not opaque.same(receipt, kept["receipt"]):
        return None
    if not cache.delete(_key(handle)):  # of two that ask at once, one deletes
        return None
    return AuthenticationResult(
        subject=kept["subject"],
        amr=frozenset(kept["amr"]),
        at=datetime.fromisoformat(kept["at"]),
        evidence=Evidence(**kept["evidence"]),
        details=kept["details"],
    )


def _key(handle: str) -> str:
    return f"idp:result:{opaque.digest(handle)}"
