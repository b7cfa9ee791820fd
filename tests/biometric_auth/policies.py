"""Enrolment policies that two people have agreed on."""

from __future__ import annotations

from biometric_auth.services import enrolment_policy, policy_drafts


def agreed(*, author="root", approvers=("second",), **changes):
    """Return an approved version: the active one with `changes`."""
    content = {"consent_text": enrolment_policy.active().consent_text} | changes
    row = policy_drafts.draft(values=content, by=author)
    for name in approvers:
        row = policy_drafts.approve(policy_id=row.pk, by=name)
    return row


def in_force(**changes):
    """Return a version that was put into force."""
    row = agreed(**changes)
    policy_drafts.activate(policy_id=row.pk, by="root")
    return enrolment_policy.active()
