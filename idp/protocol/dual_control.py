"""Who may let a version of the assurance profile into force. R-9.1-5; ASSURANCE.md, "Policy".

The author never approves. One other person is enough for something new; to make an older
content active again takes two.
"""

from __future__ import annotations

from collections.abc import Collection

RESTORING = 2


def approvals_needed(*, restores: bool) -> int:
    """Return how many people besides the author have to approve."""
    return RESTORING if restores else 1


def objection(*, author: str, approvers: Collection[str], by: str) -> str:
    """Return why `by` may not approve, in a sentence; nothing when they may."""
    if not by or by == author:
        return "The author of a draft cannot approve it."
    if by in approvers:
        return "You have approved this draft already; somebody else has to."
    return ""
