"""What of the authentication server could need an operator: keys, rules, stops, erasures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min

from biometric_auth.domain.errors import KeyRingUnusable
from biometric_auth.domain.lifecycle import ReferenceState
from biometric_auth.domain.operating_point import OperatingPoint
from biometric_auth.domain.ports import BiometricEngine
from biometric_auth.engines import load_engine
from biometric_auth.models import BiometricReference, BiometricStop
from biometric_auth.policy import get_policy
from biometric_auth.vault import keyring, protection

ERASED_WITHIN = timedelta(hours=24)
"""R-10-7; the sweep erases within the hour what a lost message would have."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """Revoked references that still hold a template: how many, and since when."""

    count: int
    since: datetime | None

    def is_late(self, now: datetime, *, after: timedelta = ERASED_WITHIN) -> bool:
        """Tell whether the oldest waits for longer than `after`."""
        return self.since is not None and now - self.since > after


def erasures() -> Backlog:
    """Return what waits for its erasure."""
    revoked = BiometricReference.objects.filter(state=ReferenceState.REVOKED.value)
    return Backlog(**revoked.aggregate(count=Count("pk"), since=Min("revoked_at")))


def stops() -> list[str]:
    """Return what an administrator has stopped, in words."""
    held = BiometricStop.objects.filter(resumed_at=None).order_by("stopped_at")
    return [" ".join(filter(None, one)) for one in held.values_list("scope", "value")]


def engine() -> BiometricEngine | None:
    """Return the engine; None where it cannot be loaded."""
    policy = get_policy()
    try:
        return load_engine(policy.engine, policy.model_dir)
    except Exception:  # noqa: BLE001 - whatever it is, the operator learns that it does not run
        return None


def operating_point(engine: BiometricEngine) -> OperatingPoint:
    """Return the one by which new references are compared: of the strongest protection."""
    return engine.operating_points[protection.strongest(engine).name]


def key_epoch() -> int | None:
    """Return the epoch whose keys seal now; None where the ring cannot be used."""
    try:
        return keyring.load(get_policy().key_ring).current.number
    except KeyRingUnusable:
        return None
