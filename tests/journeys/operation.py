"""Some days of operation, for pages that have little to show without: run inside a deployment."""

from __future__ import annotations

import uuid
from datetime import timedelta

import django
from django.utils import timezone

COUNT = 12


def happen():
    """Store people's devices, references and step-ups, a stop and two drafts."""
    from biometric_auth.models import ConsentReceipt  # noqa: PLC0415 - Django comes first
    from biometric_auth.services import availability, enrolment_policy, policy_drafts  # noqa: PLC0415
    from idp import keys  # noqa: PLC0415
    from idp.authentication import profile_drafts  # noqa: PLC0415
    from idp.protocol.assurance import STRICT  # noqa: PLC0415
    from tests.biometric_auth import records  # noqa: PLC0415

    now = timezone.now()
    for number in range(COUNT):
        subject, at = f"subject-{number:04d}", now - timedelta(days=1 + number % 6)
        device = records.a_device(subject, name="Pixel 9", created_at=at)
        records.a_reference(subject, created_at=at)
        row = records.a_transaction(
            ("consumed", "refused", "cancelled")[number % 3],
            subject=subject,
            text="Pay 25.00 EUR to Harbour Bakery",
            device=device,
            created_at=at,
        )
        common = {"transaction": row.pk, "device": device.pk}
        for outcome in ("attack_presentation", "non_match", "match"):
            records.a_record(subject, outcome=outcome, at=at, **common)
            records.a_record(subject, outcome=outcome, at=now - timedelta(days=10), **common)
        ConsentReceipt.objects.create(
            subject=subject,
            transaction=uuid.uuid4(),
            given_at=at,
            purpose="authentication",
            language="en",
            retention=timedelta(days=365),
        )
    text = enrolment_policy.active().consent_text
    policy_drafts.draft(values={"consent_text": text, "attempts": 4}, by="alice")
    profile_drafts.draft(policy=STRICT, reason="Back to what was tested.", by="alice")
    availability.stop(scope="client", value="bank", reason="A complaint.", by="alice")
    keys.public_jwks()


if __name__ == "__main__":
    django.setup()
    happen()
