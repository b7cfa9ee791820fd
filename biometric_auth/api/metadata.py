"""Metadata of the authentication server. AGENT-PROTOCOL, "Metadata"; R-9.5-8."""

from __future__ import annotations

from typing import Any

from biometric_auth.domain.application_model import SUPPORTED
from biometric_auth.domain.workflow import Workflow
from biometric_auth.policy import get_policy
from biometric_auth.services import enrolment_policy
from biometric_auth.vault import keyring, wire

SCHEMA_VERSIONS = ["1"]


def describe() -> dict[str, Any]:
    """Return what an agent must know before it starts."""
    policy, rules = get_policy(), enrolment_policy.active()
    key_ring = keyring.load(policy.key_ring)
    return {
        "issuer": policy.issuer,
        "transactions_endpoint": policy.url("/biometric/v1/transactions/"),
        "openapi": policy.url("/biometric/v1/openapi.json"),
        "schema_versions": SCHEMA_VERSIONS,
        "application_models": sorted(SUPPORTED),
        "workflows": sorted(Workflow),
        "encryption_jwks": key_ring.encryption_jwks(),
        "encryption_alg_values_supported": ["ECDH-ES"],
        "encryption_enc_values_supported": ["A256GCM"],
        "challenge_jwks": key_ring.challenge_jwks(),
        "device_proof_types": list(rules.device_kinds),
        "device_proof_alg_values_supported": list(wire.DEVICE_ALGORITHMS),
        "limits": {
            "capture_bytes": wire.MAX_CAPTURE_BYTES,
            "frames": wire.MAX_FRAMES,
            "frame_long_side": 1280,
            "challenge_seconds": int(rules.challenge_lifetime.total_seconds()),
            "captures": rules.captures,
        },
        "notice": (
            "Remote mode after our own profile, derived from public sources; "
            "no conformity to ISO/IEC 27553-2 is claimed."
        ),
    }
