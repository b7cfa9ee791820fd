"""The capture challenge as the agent reads it: believed only when all of it is right.

AGENT-PROTOCOL, "Transaction" 3; R-6.2.3-4, R-9.5-2, R-9.5-5.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from biometric_auth.domain.challenge import Step, read_steps
from biometric_auth.reference_agent import jose

TYPE = "countersign-challenge+jwt"
LONGEST_LIFE = timedelta(seconds=120)
SHORTEST_NONCE = 22  # base64url characters of 128 bits
SKEW = timedelta(seconds=5)


class ChallengeRejected(Exception):  # noqa: N818 - the verdict of the check
    """The challenge is not one that this agent may answer."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What only the right challenge can say: as the person saw it, and as the server is known."""

    issuer: str
    device: str
    transaction: str
    purpose: str
    client_name: str
    text: str


@dataclass(frozen=True, slots=True)
class Challenge:
    """A verified challenge. `jws` is the message itself: the manifest names its digest."""

    jws: str
    steps: tuple[Step, ...]
    encryption_key: str
    issued_at: datetime
    expires_at: datetime

    @property
    def digest(self) -> str:
        """SHA-256 of the message, hexadecimal."""
        return hashlib.sha256(self.jws.encode()).hexdigest()


def verify(
    jws: str, *, challenge_jwks: Mapping[str, Any], expected: Expected, now: datetime
) -> Challenge:
    """Return the challenge in `jws`.

    Raises:
        ChallengeRejected: signature, type or any claim is not as `expected`, or it is too late.
    """
    try:
        claims = jose.verify(jws, challenge_jwks, typ=TYPE)
        challenge = Challenge(
            jws=jws,
            steps=read_steps(claims["steps"]),
            encryption_key=claims["enc"],
            issued_at=datetime.fromtimestamp(claims["iat"], UTC),
            expires_at=datetime.fromtimestamp(claims["exp"], UTC),
        )
    except (jose.SignatureRefused, KeyError, ValueError, TypeError) as error:
        message = "it is not signed by the server, or not readable"
        raise ChallengeRejected(message) from error
    _check_claims(claims, expected)
    _check_times(challenge, now)
    return challenge


def _check_claims(claims: Mapping[str, Any], expected: Expected) -> None:
    digest = hashlib.sha256(expected.text.encode()).hexdigest()
    right = {
        "iss": claims.get("iss") == expected.issuer,
        "aud": claims.get("aud") == expected.device,
        "txn": claims.get("txn") == expected.transaction,
        "purpose": claims.get("purpose") == expected.purpose,
        "client": claims.get("client") == {"name": expected.client_name},
        # What the person approves is what was shown: R-6.2.3-4.
        "text": claims.get("text") == expected.text,
        "text_sha256": claims.get("text_sha256") == digest,
        "nonce": len(str(claims.get("nonce", ""))) >= SHORTEST_NONCE,
    }
    if wrong := [name for name, holds in right.items() if not holds]:
        message = f"not as expected: {', '.join(wrong)}"
        raise ChallengeRejected(message)


def _check_times(challenge: Challenge, now: datetime) -> None:
    alive = challenge.issued_at - SKEW <= now < challenge.expires_at
    if not alive or challenge.expires_at - challenge.issued_at > LONGEST_LIFE:
        message = "its time has passed or is too long"
        raise ChallengeRejected(message)
