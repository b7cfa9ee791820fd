"""An `acr` is a predicate over an assessment. OpenID Connect Core 2, 5.5.1.1; RFC 9470.

Each value is a rung with a maximum age: events older than that do not count for it
(ASSURANCE.md, "acr"; R-9.4-7). ``phr`` and ``phrh``: OpenID EAP ACR Values 1.0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from idp.contract import Evidence
from idp.protocol.assurance import (
    REMOTE_BIOMETRIC_GRADE,
    Assessment,
    AssurancePolicy,
    assess,
    combined,
)


@dataclass(frozen=True, slots=True)
class Event:
    """One authentication that happened. `at` is timezone-aware; `amr` is what was reported."""

    method: str
    at: datetime
    amr: frozenset[str]
    evidence: Evidence


LEVEL_AGES: Mapping[int, timedelta] = {
    1: timedelta(hours=8),
    2: timedelta(hours=1),
    3: timedelta(minutes=15),
    4: timedelta(minutes=15),
}
REMOTE_BIOMETRIC_AGE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Ages:
    """How old an event may be for levels 1 to 4, and a remote biometric for ``:rb``."""

    levels: tuple[timedelta, ...] = tuple(LEVEL_AGES.values())
    remote_biometric: timedelta = REMOTE_BIOMETRIC_AGE


AGES = Ages()


@dataclass(frozen=True, slots=True)
class Rung:
    """What one `acr` value asks for, and how old the events behind it may be."""

    level: int
    remote_biometric: bool = False
    phishing_resistant: frozenset[str] = frozenset()

    def counts(self, event: Event, now: datetime, ages: Ages = AGES) -> bool:
        """Return whether `event` is still fresh enough for this rung."""
        age = ages.levels[self.level - 1]
        if self.remote_biometric and event.evidence.remote_match:
            age = min(age, ages.remote_biometric)
        return now - event.at <= age

    def holds(self, assessment: Assessment) -> bool:
        """Return whether the assessment is enough. R-5.2-1: never by a biometric alone."""
        return (
            assessment.loa >= self.level
            and assessment.aal > 0
            and (not self.remote_biometric or assessment.biometric_grade >= REMOTE_BIOMETRIC_GRADE)
            and (
                not self.phishing_resistant
                or assessment.phishing_resistant in self.phishing_resistant
            )
        )


LOA = "urn:countersign:acr:loa{}"
RUNGS: Mapping[str, Rung] = {
    **{LOA.format(level): Rung(level) for level in LEVEL_AGES},
    **{LOA.format(f"{level}:rb"): Rung(level, remote_biometric=True) for level in (2, 3, 4)},
    "phr": Rung(2, phishing_resistant=frozenset({"phr", "phrh"})),
    "phrh": Rung(2, phishing_resistant=frozenset({"phrh"})),
}
SUPPORTED: tuple[str, ...] = (
    LOA.format(1),
    LOA.format(2),
    "phr",
    LOA.format(3),
    LOA.format("2:rb"),
    LOA.format("3:rb"),
)
"""The default order, weakest first (the order in which ``acr_values_supported`` lists)."""


def strongest_first(names: Iterable[str]) -> tuple[str, ...]:
    """Return each value once, the one that asks most first; an unknown one before all."""

    def strength(name: str) -> tuple[int, bool, int]:
        rung = RUNGS.get(name, Rung(len(LEVEL_AGES) + 1))
        # The fewer kinds of resistance will do, the more is asked; none is no wish at all.
        kinds = len(rung.phishing_resistant)
        return rung.level, rung.remote_biometric, 3 - kinds if kinds else 0

    return tuple(sorted(dict.fromkeys(names), key=strength, reverse=True))


def fresh(
    name: str, events: Iterable[Event], now: datetime, ages: Ages = AGES
) -> tuple[Event, ...]:
    """Return the events that count for the value `name`; none when it is unknown."""
    rung = RUNGS.get(name)
    return tuple(e for e in events if rung.counts(e, now, ages)) if rung else ()


def holds(
    name: str,
    events: Iterable[Event],
    *,
    policy: AssurancePolicy,
    now: datetime,
    ages: Ages = AGES,
) -> bool:
    """Return whether the events that are fresh support the value `name`."""
    rung = RUNGS.get(name)
    if rung is None:
        return False
    evidence = (e.evidence for e in fresh(name, events, now, ages))
    return any(rung.holds(assess(one, policy)) for one in combined(evidence))


def highest(
    names: Iterable[str],
    events: Sequence[Event],
    *,
    policy: AssurancePolicy,
    now: datetime,
    ages: Ages = AGES,
) -> str:
    """Return the last of `names` (weakest first) that holds, or an empty string."""
    weakest_last = reversed(tuple(names))
    held = (n for n in weakest_last if holds(n, events, policy=policy, now=now, ages=ages))
    return next(held, "")


def level(
    events: Sequence[Event], *, policy: AssurancePolicy, now: datetime, ages: Ages = AGES
) -> int:
    """Return the highest level that the events support now; 0 for none."""
    names = (LOA.format(number) for number in LEVEL_AGES)
    held = highest(names, events, policy=policy, now=now, ages=ages)
    return RUNGS[held].level if held else 0


def falls_at(
    events: Sequence[Event], *, policy: AssurancePolicy, now: datetime, ages: Ages = AGES
) -> datetime | None:
    """Return until when the level of `now` lasts without another event; None at level 0."""
    stands = level(events, policy=policy, now=now, ages=ages)
    ends = sorted({event.at + age for event in events for age in ages.levels})
    moment = timedelta(microseconds=1)
    lower = (
        end
        for end in ends
        if end >= now and level(events, policy=policy, now=end + moment, ages=ages) < stands
    )
    return next(lower, None)
