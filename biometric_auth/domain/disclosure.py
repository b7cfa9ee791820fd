"""How far refusals may be told apart: never so far that somebody's cause shows. R-9.2-11, R-9.2-19.

Administrators can see who was refused and when (R-9.4-4). What they may learn of the causes is
what no person can be found behind: ADR 26.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

FEWEST = 5
"""People behind every figure that is shown, and behind what is left of the total."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many refusals, of how many people."""

    count: int = 0
    people: int = 0


def told_apart(tallies: Mapping[str, Tally]) -> dict[str, int]:
    """Return the counts that may stand alone, by cause; all others stay one number.

    The total is no secret, so that the rest can be computed: it has to hold `FEWEST` people as
    well. Where all were refused for one cause, nothing is told.
    """
    told = sorted(
        (name for name, tally in tallies.items() if tally.people >= FEWEST),
        key=lambda name: tallies[name].people,
    )
    while told and _is_few(tallies, told):
        told.pop(0)
    if len(told) == 1 and not _rest(tallies, told):
        return {}
    return {name: tallies[name].count for name in told}


def _is_few(tallies: Mapping[str, Tally], told: list[str]) -> bool:
    """Tell whether the rest could be about fewer than `FEWEST`: people may recur in it."""
    return 0 < max((tally.people for tally in _rest(tallies, told)), default=0) < FEWEST


def _rest(tallies: Mapping[str, Tally], told: list[str]) -> list[Tally]:
    return [tally for name, tally in tallies.items() if name not in told and tally.count]
