"""Whether remote biometrics run: the switch, asked anew each time. R-9.1-6.

Nothing is remembered, so a stop counts in every process from the next question on.
"""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone

from biometric_auth.domain.errors import VerificationStopped
from biometric_auth.models import BiometricStop, Device, Transaction
from biometric_auth.policy import DATABASE
from biometric_auth.services import security_events

Scope = BiometricStop.Scope


def is_open(*, client: str = "", engine: str = "") -> bool:
    """Tell whether nothing stops remote biometrics for this client and engine."""
    return not _stops(client=client, engine=engine)


def stopped_models() -> frozenset[str]:
    """Return the models of devices that count no more."""
    held = BiometricStop.objects.filter(scope=Scope.DEVICE_MODEL, resumed_at=None)
    return frozenset(held.values_list("value", flat=True))


def require_open(row: Transaction, *, device: Device | None = None, engine: str = "") -> None:
    """Check that the transaction may go on.

    Raises:
        VerificationStopped: somebody stopped all of it, its client, its engine or its device.
    """
    if _stops(client=row.client_id, engine=engine, model=device.model if device else ""):
        raise VerificationStopped


def stop(*, scope: str, value: str, reason: str, by: str) -> bool:
    """Stop remote biometrics from now on; False when that is stopped already."""
    try:
        with transaction.atomic(using=DATABASE):
            BiometricStop.objects.create(
                scope=scope, value=value, reason=reason, stopped_at=timezone.now(), stopped_by=by
            )
            security_events.record(
                kind="biometrics_stopped", scope=scope, value=value, by=by, reason=reason
            )
    except IntegrityError:
        if BiometricStop.objects.filter(scope=scope, value=value, resumed_at=None).exists():
            return False
        raise
    return True


@transaction.atomic(using=DATABASE)
def resume(*, scope: str, value: str, by: str) -> bool:
    """Let it run again; False when it was not stopped."""
    held = BiometricStop.objects.filter(scope=scope, value=value, resumed_at=None)
    if not held.update(resumed_at=timezone.now(), resumed_by=by):
        return False
    security_events.record(kind="biometrics_resumed", scope=scope, value=value, by=by)
    return True


def _stops(*, client: str, engine: str, model: str = "") -> bool:
    named = {
        (Scope.ALL, ""),
        (Scope.CLIENT, client),
        (Scope.ENGINE, engine),
        (Scope.DEVICE_MODEL, model),
    }
    held = BiometricStop.objects.filter(resumed_at=None).values_list("scope", "value")
    return any(one in named for one in held)
