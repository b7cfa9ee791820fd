"""What another assurance profile would have made of authentications that happened. R-9.1-5.

ASSURANCE.md: levels come from stored evidence by pure rules, so any profile can be tried.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from idp.protocol import acr
from idp.protocol.acr import LOA, Event
from idp.protocol.assurance import AssurancePolicy

History = tuple[Sequence[Event], datetime]
"""The events that a session had, and the moment at which its level is asked."""


@dataclass(slots=True)
class WhatIf:
    """How many of `total` would stand elsewhere. `moves` counts by level before and after."""

    total: int = 0
    raised: int = 0
    lowered: int = 0
    face_counts: int = 0
    face_counts_no_more: int = 0
    moves: Counter[tuple[int, int]] = field(default_factory=Counter)

    @property
    def changed(self) -> int:
        """How many would have another level."""
        return self.raised + self.lowered


def compare(
    histories: Iterable[History], *, before: AssurancePolicy, after: AssurancePolicy
) -> WhatIf:
    """Judge each history under both policies and count what differs."""
    found = WhatIf()
    for events, now in histories:
        old, new = (acr.level(events, policy=policy, now=now) for policy in (before, after))
        had, has = (
            acr.holds(LOA.format("2:rb"), events, policy=policy, now=now)
            for policy in (before, after)
        )
        found.total += 1
        found.raised += new > old
        found.lowered += new < old
        found.face_counts += has and not had
        found.face_counts_no_more += had and not has
        if new != old:
            found.moves[old, new] += 1
    return found


def sentences(found: WhatIf) -> list[str]:
    """Return what was found in plain words."""
    if not found.total:
        return ["Nobody has authenticated yet: there is nothing to compare with."]
    said = [f"Of the last {found.total} authentications {found.changed} would change level."]
    said += [
        f"{count} from level {old} to level {new}."
        for (old, new), count in sorted(found.moves.items())
    ]
    if found.face_counts:
        said.append(f"In {found.face_counts} the face would begin to count as a factor.")
    if found.face_counts_no_more:
        said.append(f"In {found.face_counts_no_more} the face would count as a factor no more.")
    return said
