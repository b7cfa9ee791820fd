"""Rows of operation: who was judged when, and how it ended; a test states only what matters."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from biometric_auth.models import BiometricReference, Device, Transaction, VerificationRecord
from biometric_auth.services import enrolment_policy

NOW = datetime(2026, 11, 25, 14, tzinfo=UTC)
"""A Wednesday."""
DAY = timedelta(days=1)


def a_record(subject="sub-alice", *, outcome="match", **fields):
    """Return a stored judgement; accepted when it is a match."""
    return VerificationRecord.objects.create(
        **{
            "at": NOW,
            "subject": subject,
            "transaction": uuid.uuid4(),
            "purpose": "authentication",
            "accepted": outcome == "match",
            "outcome": outcome,
            "duration_ms": 300,
            "engine": "face/1",
            "operating_point": "docs/evaluations/2026-11-face-sface.md",
            "policy_version": 1,
        }
        | fields
    )


def refusals(outcome, *, people, each=1, **fields):
    """Store refusals of so many people for one cause, the people named after it."""
    for number in range(people):
        for _ in range(each):
            a_record(f"{outcome}-{number}", outcome=outcome, **fields)


def a_device(subject="sub-alice", **fields):
    """Return a stored device."""
    return Device.objects.create(
        **{
            "subject": subject,
            "kind": "webauthn",
            "public_key": b"",
            "name": "Pixel",
            "created_at": NOW,
            "settled_at": NOW,
        }
        | fields
    )


def a_reference(subject, **fields):
    """Return a stored reference, whose template is noise."""
    return BiometricReference.objects.create(
        **{
            "subject": subject,
            "state": "active",
            "engine": "face/1",
            "sealed_template": b"noise",
            "policy": enrolment_policy.active(),
            "application_model": "server",
            "created_at": NOW,
            "settled_at": NOW,
            "review_at": NOW + 365 * DAY,
            "expires_at": NOW + 1000 * DAY,
        }
        | fields
    )


def a_transaction(state="consumed", **fields):
    """Return a stored transaction."""
    return Transaction.objects.create(
        **{
            "purpose": "authentication",
            "workflow": "stepup",
            "state": state,
            "subject": "sub-alice",
            "client_name": "Demo Bank",
            "policy": enrolment_policy.active(),
            "browser_sha256": "",
            "resume_url": "/",
            "cancel_url": "/",
            "created_at": NOW,
            "expires_at": NOW + timedelta(minutes=15),
            "attempts_left": 5,
        }
        | fields
    )
