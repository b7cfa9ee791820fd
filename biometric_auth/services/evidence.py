"""The facts that a match supports: fields of the evidence record. ASSURANCE.md; R-6.2.5-1.

Facts, never a level: the provider judges them. What rests on an evaluation that is over
counts as never measured (R-5.4.3-1).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from biometric_auth.domain.ports import BiometricEngine
from biometric_auth.models import BiometricReference, Device
from biometric_auth.vault.protection import PROTECTIONS

UNTESTED_PAD = 1
SELF_TESTED_PAD = 2
UNMEASURED_FMR = 1.0
BROWSER_CAPTURE_IAD = 1
NONCE_FRESHNESS = 2
CHALLENGE_FRESHNESS = 3


def of_match(
    *,
    device: Device,
    reference: BiometricReference,
    engine: BiometricEngine,
    pad_passed: bool,
    challenge_verified: bool,
    same_frames: bool,
    now: datetime,
) -> dict[str, Any]:
    """Return what one accepted capture showed, as fields of the evidence record."""
    webauthn = device.kind == Device.Kind.WEBAUTHN
    comparison = engine.operating_points[reference.protection]
    pad = engine.pad_operating_point
    measured = now.date() <= comparison.valid_until
    pad_tested = now.date() <= pad.valid_until
    return {
        "possession": device.possession,
        "local_user_verification": int(webauthn),
        "remote_match": 1,
        "fmr_upper_bound": comparison.fmr_upper_bound if measured else UNMEASURED_FMR,
        "pad": (SELF_TESTED_PAD if pad_tested else UNTESTED_PAD) if pad_passed else 0,
        "iad": BROWSER_CAPTURE_IAD,
        "freshness": CHALLENGE_FRESHNESS if challenge_verified else NONCE_FRESHNESS,
        "same_frames": int(same_frames),
        "template_protection": PROTECTIONS[reference.protection].grade,
        "enrolment": min(device.enrolment, reference.enrolment),
        "channel": 2 if webauthn else 1,
        "intent": 1,
        "cross_device": "none",
        "cooling_off": int(now < max(device.settled_at, reference.settled_at)),
    }


def at_best(
    *, device: Device, reference: BiometricReference, engine: BiometricEngine, now: datetime
) -> dict[str, Any]:
    """Return what an accepted capture with this device and reference would show."""
    return of_match(
        device=device,
        reference=reference,
        engine=engine,
        pad_passed=True,
        challenge_verified=True,
        same_frames=True,
        now=now,
    )
