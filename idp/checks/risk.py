"""That somebody has weighed what a deployment risks, and that it is what runs. R-5.1-1."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError
from django.utils import timezone

from idp.authentication import profiles, risk_records


@register(Tags.security, deploy=True)
def check_risk_record(**_kwargs: Any) -> list[CheckMessage]:
    """Check that a signed record is in force, current, and covers the assurance profile."""
    try:
        record = risk_records.in_force()
    except DatabaseError:
        return []  # the schema has a check of its own
    if record is None:
        return [
            Error(
                "Nobody has recorded what this deployment risks, or not what is stored now.",
                hint="Write a risk record in the administration, and let somebody else approve it.",
                id="idp.E034",
            )
        ]
    found: list[CheckMessage] = []
    if risk_records.is_due(record, today=timezone.now().date()):
        found.append(
            Error(
                f"The risk record was to be reviewed by {record.review_on}.",
                hint="Weigh it again, in a new risk record.",
                id="idp.E035",
            )
        )
    found += [
        Error(
            f"The assurance profile accepts {one}; the risk record does not.",
            hint="Accept it in a new risk record, or agree on a stricter profile.",
            id="idp.E036",
        )
        for one in risk_records.not_weighed(record, profiles.in_force().policy)
    ]
    return found
