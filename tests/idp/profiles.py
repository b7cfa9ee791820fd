"""Assurance profiles that two people have agreed on."""

from __future__ import annotations

from idp.authentication import profile_drafts
from idp.models import AssuranceProfile
from idp.protocol.assurance import SELF_ASSESSED


def agreed(policy=SELF_ASSESSED, *, author="ann", approvers=("ben",)):
    """Return a version with the approvals of `approvers`."""
    row = profile_drafts.draft(policy=policy, reason="A trial.", by=author)
    for name in approvers:
        row = profile_drafts.approve(profile_id=row.pk, by=name)
    return row


def put_into_force(policy=SELF_ASSESSED, **people):
    """Return a version that is in force."""
    row = agreed(policy, **people)
    profile_drafts.activate(profile_id=row.pk, by="ann")
    return AssuranceProfile.objects.get(pk=row.pk)
