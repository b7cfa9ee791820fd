"""Who may let a version of a policy into force, and what it would change. R-9.1-5.

The author never approves. One other person is enough for something new; to make an older
content active again takes two.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

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


def differences(
    before: Mapping[str, object], after: Mapping[str, object], *, words: Mapping[str, str]
) -> Iterator[str]:
    """Yield a sentence for each part of a content that changes. `words` name the parts."""
    for name, value in after.items():
        old = before.get(name)
        if old == value:
            continue
        if isinstance(value, str) and isinstance(old, str) and ". " in old + value:
            yield from _sentences(words[name], old, value)
        else:
            yield f"{words[name]}: {old} becomes {value}."


def _sentences(name: str, old: str, new: str) -> Iterator[str]:
    was, becomes = (text.removesuffix(".").split(". ") for text in (old, new))
    for sentence in was:
        if sentence not in becomes:
            yield f"{name} loses: “{sentence}.”"
    for sentence in becomes:
        if sentence not in was:
            yield f"{name} gains: “{sentence}.”"
