"""What can be told from the settings alone. R-A-2, R-9.4-1."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.core.checks import CheckMessage, Error, Tags, register

from biometric_auth.policy import BiometricPolicy, get_policy

_LOCAL = {"localhost", "127.0.0.1", "::1"}


@register(Tags.security)
def check_policy(**_kwargs: Any) -> list[CheckMessage]:
    """Check engine, issuer and key ring."""
    policy = get_policy()
    return [
        *_engine(policy),
        *_issuer(policy),
        *_key_ring(policy),
    ]


def _engine(policy: BiometricPolicy) -> list[CheckMessage]:
    if ".simulated." not in policy.engine or policy.allow_simulated_engine:
        return []
    return [
        Error(
            "The simulated engine compares nothing: it is for unit tests.",
            hint='Name the real engine in BIOMETRIC_AUTH["engine"].',
            id="biometric_auth.E001",
        )
    ]


def _issuer(policy: BiometricPolicy) -> list[CheckMessage]:
    parts = urlsplit(policy.issuer)
    host = parts.hostname or ""
    if parts.scheme == "https" or host in _LOCAL or host.endswith(".localhost"):
        return []
    return [
        Error(
            "Cameras and device keys need a secure context: the issuer is not https.",
            hint="COUNTERSIGN_ISSUER=https://...",
            id="biometric_auth.E002",
        )
    ]


def _key_ring(policy: BiometricPolicy) -> list[CheckMessage]:
    path = policy.key_ring
    if not path.exists() or path.stat().st_mode & 0o077 == 0:
        return []
    return [
        Error(
            "The key ring, which opens every reference, can be read by others than its owner.",
            hint=f"chmod 600 {path}, and a new epoch if somebody has.",
            id="biometric_auth.E004",
        )
    ]
