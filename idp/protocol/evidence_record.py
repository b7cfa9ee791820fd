"""What a level was decided from, so that it can be decided again. ASSURANCE.md; R-B-4, R-B-8.

A record holds the facts (events, rules, profile, moment) and what followed from them. `replay`
answers from the facts by the rules of today and names what differs. Facts, never a score.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import lru_cache

from idp.contract import Evidence
from idp.protocol import acr, amr, assurance
from idp.protocol.acr import AGES, LOA, Ages, Event
from idp.protocol.assurance import STRICT, Assessment, AssurancePolicy, assess, combined


@dataclass(frozen=True, slots=True)
class Profile:
    """The assurance profile that counts; `version` 0 where none can be trusted."""

    version: int
    policy: AssurancePolicy
    ages: Ages = AGES


@dataclass(frozen=True, slots=True)
class Standing:
    """What the events of a record supported at its moment, as far as they were fresh.

    `self_assessed`: something here would be different without the profile's acceptances.
    `limited_by` names the inputs that kept `level` from rising, or ``age``.
    """

    acr: str
    amr: tuple[str, ...]
    auth_time: datetime | None
    level: int
    aal: int
    eidas: str
    phishing_resistant: str | None
    biometric_grade: int
    self_assessed: bool = False
    limited_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EvidenceRecord:
    """A decision and all that it was made from. `events`: the latest of each kind, in order."""

    rules: int
    sha256: str
    profile: Profile
    at: datetime
    events: tuple[Event, ...]
    standing: Standing


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that a record says, and what today's rules say instead."""

    name: str
    stored: object
    today: object


def build(
    value: str, events: Iterable[Event], *, profile: Profile, now: datetime
) -> EvidenceRecord:
    """Return the record of a decision for `value`: an `acr` that holds, or none at all."""
    latest = {(e.method, e.amr, e.evidence): e for e in sorted(events, key=lambda event: event.at)}
    kept = tuple(sorted(latest.values(), key=lambda event: event.at))
    return EvidenceRecord(
        rules=assurance.RULES_VERSION,
        sha256=digest(profile),
        profile=profile,
        at=now,
        events=kept,
        standing=stand(value, kept, profile=profile, now=now),
    )


def replay(record: EvidenceRecord) -> tuple[Difference, ...]:
    """Decide again by today's rules and the record's own profile; return what differs."""
    again = build(record.standing.acr, record.events, profile=record.profile, now=record.at)
    stored, today = _answers(record), _answers(again)
    return tuple(
        Difference(name, stored[name], today[name])
        for name in stored
        if stored[name] != today[name]
    )


@lru_cache(maxsize=16)
def digest(profile: Profile) -> str:
    """Return the SHA-256 of all that decides: the tables of the rules and the profile."""
    ages = profile.ages
    rules = {
        "version": assurance.RULES_VERSION,
        "grades": assurance.GRADES,
        "levels": assurance.LEVELS,
        "aals": assurance.AALS,
        "fmr_steps": assurance.FMR_STEPS,
        "cooling_off": (assurance.COOLING_OFF_LOA, assurance.COOLING_OFF_AAL),
        "remote_biometric_grade": assurance.REMOTE_BIOMETRIC_GRADE,
        "rungs": {
            name: (rung.level, rung.remote_biometric, sorted(rung.phishing_resistant))
            for name, rung in acr.RUNGS.items()
        },
        "reported": sorted(amr.REPORTED),
    }
    text = json.dumps(
        {
            "rules": rules,
            "profile": (profile.version, asdict(profile.policy)),
            "ages": [age.total_seconds() for age in (*ages.levels, ages.remote_biometric)],
        },
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(text.encode()).hexdigest()


def stand(value: str, events: Iterable[Event], *, profile: Profile, now: datetime) -> Standing:
    """Return what the events that count for `value` support at `now`."""
    behind = acr.fresh(value, events, now, profile.ages)
    found = _supported(value, behind, profile, now)
    unaided = _supported(value, behind, replace(profile, policy=STRICT), now)
    return replace(
        found,
        self_assessed=found != unaided,
        limited_by=_limits(found.level, strongest(behind, profile.policy), profile),
    )


def _supported(value: str, events: tuple[Event, ...], profile: Profile, now: datetime) -> Standing:
    def holds(name: str) -> bool:
        return acr.holds(name, events, policy=profile.policy, now=now, ages=profile.ages)

    def within(level: int) -> list[Assessment]:
        fresh = acr.fresh(LOA.format(level), events, now, profile.ages)
        return _assessed(fresh, profile)

    level = acr.level(events, policy=profile.policy, now=now, ages=profile.ages)
    return Standing(
        acr=value if holds(value) else "",
        amr=amr.references(events, profile.policy),
        auth_time=max((e.at for e in events), default=None),
        level=level,
        # An AAL ages as the level of its number does, an eIDAS word as the level it needs.
        aal=max((n for n in (1, 2, 3) if any(a.aal >= n for a in within(n))), default=0),
        eidas=_eidas(level, within(3)),
        phishing_resistant=next((name for name in ("phrh", "phr") if holds(name)), None),
        biometric_grade=max((a.biometric_grade for a in _assessed(events, profile)), default=0),
    )


def _assessed(events: Iterable[Event], profile: Profile) -> list[Assessment]:
    return [assess(one, profile.policy) for one in combined(e.evidence for e in events)]


def _eidas(level: int, within_level_3: Iterable[Assessment]) -> str:
    if level == 4:  # noqa: PLR2004 - the level's own number
        return "high"
    if any(a.eidas in {"substantial", "high"} for a in within_level_3):
        return "substantial"
    return "low" if level else "none"


def strongest(events: Iterable[Event], policy: AssurancePolicy) -> Evidence:
    """Return the combination that supports most. A biometric alone is nothing (R-5.2-1)."""

    def weakness(one: Evidence) -> tuple[int, int, tuple[str, ...]]:
        found = assess(one, policy)
        return -found.loa, len(found.limited_by), found.limited_by

    opening = (e for e in combined(e.evidence for e in events) if assess(e, policy).aal)
    return min(opening, key=weakness, default=Evidence())


def _limits(level: int, best: Evidence, profile: Profile) -> tuple[str, ...]:
    found = assess(best, profile.policy)
    return ("age",) if found.loa > level else found.limited_by


def _answers(record: EvidenceRecord) -> dict[str, object]:
    checked = {"sha256": record.sha256} if record.rules == assurance.RULES_VERSION else {}
    return checked | asdict(record.standing)
