"""From evidence to levels: ASSURANCE.md (own model; levels are mapped, not assessed).

The rules are tables of alternatives; one interpreter reads them. Nothing here knows a
clock, a person or a method.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from itertools import combinations
from typing import Literal

from idp.contract import CrossDevice, Evidence

RULES_VERSION = 1
"""Rises with every change of the rules here, in `acr` or in `amr`: records name it."""

Facts = Mapping[str, int]
Table = tuple[tuple[int, tuple[Facts, ...]], ...]


@dataclass(frozen=True, slots=True)
class AssurancePolicy:
    """What a deployment accepts without independent evidence. Both False is `strict`."""

    accept_self_tested_pad: bool = False
    accept_browser_capture: bool = False


STRICT = AssurancePolicy()
SELF_ASSESSED = AssurancePolicy(accept_self_tested_pad=True, accept_browser_capture=True)
PROFILES: Mapping[str, AssurancePolicy] = {"strict": STRICT, "self-assessed": SELF_ASSESSED}


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the evidence supports; `limited_by` names the inputs that kept `loa` from rising."""

    biometric_grade: int
    loa: int
    aal: int
    eidas: Literal["none", "low", "substantial", "high"]
    phishing_resistant: Literal["phr", "phrh"] | None
    self_assessed: bool
    limited_by: tuple[str, ...]


# Each row: a grade and its alternatives; an alternative holds when every fact reaches its
# number. `fmr` counts how many of FMR_STEPS the upper bound stays under.
FMR_STEPS = (1e-3, 1e-4, 3e-5, 3e-6)
_B1 = {"remote_match": 1, "intent": 1, "same_frames": 1, "pad": 1, "freshness": 1, "fmr": 1}
_B2 = _B1 | {"fmr": 2, "freshness": 2, "template_protection": 2}
_SELF_TESTED_PAD = {"pad": 2, "accept_self_tested_pad": 1}
_BROWSER_CAPTURE = {"iad": 1, "freshness": 3, "accept_browser_capture": 1}
_B3 = _B2 | {"fmr": 3, "pad": 3, "iad": 3, "freshness": 3, "template_protection": 3}
GRADES: Table = (
    (4, (_B3 | {"fmr": 4, "pad": 4},)),
    (3, (_B3,)),
    (
        2,
        (
            _B2 | {"pad": 3, "iad": 2},
            _B2 | {"iad": 2} | _SELF_TESTED_PAD,
            _B2 | {"pad": 3} | _BROWSER_CAPTURE,
            _B2 | _SELF_TESTED_PAD | _BROWSER_CAPTURE,
        ),
    ),
    (1, (_B1,)),
)

_LOA4 = {"possession": 3, "channel": 2, "intent": 1, "enrolment": 4}
LEVELS: Table = (
    (4, (_LOA4 | {"second": 1}, _LOA4 | {"grade": 3})),
    (
        3,
        (
            {"possession": 1, "channel": 1, "enrolment": 1, "second": 1},
            {"possession": 2, "channel": 1, "enrolment": 2, "grade": 2},
        ),
    ),
    (
        2,
        (
            {"possession": 1, "channel": 1},
            {"knowledge": 1, "possession": 1},
            {"knowledge": 1, "grade": 2},
        ),
    ),
    (1, ({"possession": 1}, {"knowledge": 1}, {"grade": 1})),
)

_AAL3 = {"possession": 2, "channel": 2, "intent": 1}
AALS: Table = (
    (3, (_AAL3 | {"second": 1}, _AAL3 | {"grade": 2, "enrolment": 2, "independent": 1})),
    (
        2,
        (
            {"knowledge": 1, "possession": 1},
            {"possession": 1, "channel": 1, "second": 1},
            {"possession": 2, "channel": 1, "enrolment": 2, "grade": 2},
        ),
    ),
    (1, ({"knowledge": 1}, {"possession": 1})),
)
COOLING_OFF_LOA = 2
COOLING_OFF_AAL = 1
REMOTE_BIOMETRIC_GRADE = 2
"""From this grade on a remote biometric counts as a factor (``:rb``, ``face`` in amr)."""

_SOURCES = {
    "second": ("knowledge", "local_user_verification"),
    "fmr": ("fmr_upper_bound",),
    "channel": ("channel", "cross_device"),
}


@lru_cache(maxsize=1024)
def assess(evidence: Evidence, policy: AssurancePolicy) -> Assessment:
    """Return what `evidence` supports under `policy`: the highest rows that hold."""
    facts = _facts(evidence, policy)
    grade = _highest(GRADES, facts)
    unaided = _highest(GRADES, _facts(evidence, STRICT))
    self_assessed = grade >= REMOTE_BIOMETRIC_GRADE > unaided
    facts |= {"grade": grade, "independent": int(not self_assessed)}
    earned, aal = _highest(LEVELS, facts), _highest(AALS, facts)
    loa = earned
    if evidence.cooling_off:
        loa, aal = min(loa, COOLING_OFF_LOA), min(aal, COOLING_OFF_AAL)
    return Assessment(
        biometric_grade=grade,
        loa=loa,
        aal=aal,
        eidas=_eidas(loa, evidence.enrolment),
        phishing_resistant=_phishing_resistance(facts),
        self_assessed=self_assessed,
        limited_by=("cooling_off",) if loa < earned else _limits(loa, facts, evidence),
    )


def shortfalls(evidence: Evidence, policy: AssurancePolicy) -> dict[str, tuple[int, int]]:
    """Return by fact what there is and what the nearest ways to the next level would need.

    ``second`` is knowledge or local user verification; ``fmr`` counts the FMR_STEPS.
    """
    facts = _facts(evidence, policy)
    needed = _nearest(assess(evidence, policy).loa, facts)
    return {name: (facts[name], least) for name, least in needed.items()}


def combine(evidence: Iterable[Evidence]) -> Evidence:
    """Return the weakest link of several events, of which at most one is biometric.

    Keys (and the biometric's own enrolment and intent) count with their minimum; secrets
    and user verification are there when one event shows them.
    """
    events = tuple(evidence)
    keys = tuple(e for e in events if e.possession)
    bound = tuple(e for e in events if e.possession or e.remote_match)
    biometric = next((e for e in events if e.remote_match), Evidence())
    return replace(
        biometric,
        possession=min((e.possession for e in keys), default=0),
        channel=min((e.channel for e in keys), default=0),
        enrolment=min((e.enrolment for e in bound), default=0),
        intent=min((e.intent for e in bound), default=0),
        knowledge=max((e.knowledge for e in events), default=0),
        local_user_verification=max((e.local_user_verification for e in events), default=0),
        cooling_off=max((e.cooling_off for e in events), default=0),
        cross_device=max((e.cross_device for e in events), key=_DISTANCE.index, default="none"),
    )


def combined(evidence: Iterable[Evidence]) -> Iterator[Evidence]:
    """Yield every way to combine several events; a rule holds when it holds for one.

    Four events are always enough: one each for the secret, the user verification, the key
    and the biometric. More could only lower a minimum.
    """
    events = tuple(dict.fromkeys(evidence))
    for size in range(1, min(len(events), 4) + 1):
        for chosen in combinations(events, size):
            if sum(e.remote_match for e in chosen) <= 1:
                yield combine(chosen)


_DISTANCE: tuple[CrossDevice, ...] = ("none", "proximity", "unproven")


def _facts(evidence: Evidence, policy: AssurancePolicy) -> dict[str, int]:
    facts: dict[str, int] = {
        field.name: getattr(evidence, field.name)
        for field in fields(evidence)
        if field.name not in {"fmr_upper_bound", "cross_device"}
    }
    if evidence.cross_device == "unproven":
        facts["channel"] = min(evidence.channel, 1)
    return facts | {
        "fmr": sum(evidence.fmr_upper_bound <= step for step in FMR_STEPS),
        "second": int(bool(evidence.knowledge or evidence.local_user_verification)),
        "accept_self_tested_pad": int(policy.accept_self_tested_pad),
        "accept_browser_capture": int(policy.accept_browser_capture),
    }


def _highest(table: Table, facts: Facts) -> int:
    for value, alternatives in table:
        if any(not _missing(needs, facts) for needs in alternatives):
            return value
    return 0


def _missing(needs: Facts, facts: Facts) -> tuple[str, ...]:
    return tuple(name for name, least in needs.items() if facts[name] < least)


def _spelt_out(needs: Facts) -> Iterator[Facts]:
    """Yield the alternatives of `needs` with a needed grade replaced by what it takes."""
    rest = {name: least for name, least in needs.items() if name != "grade"}
    rows = (row for grade, row in GRADES if grade == needs.get("grade"))
    yield from ({**rest, **row} for row in next(rows, ({},)))


def _limits(loa: int, facts: Facts, evidence: Evidence) -> tuple[str, ...]:
    """Return the inputs which, all raised, would lift the level: the nearest ways up."""
    inputs = {source for name in _nearest(loa, facts) for source in _SOURCES.get(name, (name,))}
    if evidence.cooling_off and loa >= COOLING_OFF_LOA:
        inputs.add("cooling_off")
    if evidence.cross_device != "unproven":
        inputs.discard("cross_device")
    elif evidence.channel > facts["channel"]:
        inputs.discard("channel")
    return tuple(sorted(inputs))


def _nearest(loa: int, facts: Facts) -> dict[str, int]:
    """Return what the ways to the next level with the fewest missing facts need of each."""
    above = next((row for level, row in LEVELS if level == loa + 1), ())
    ways = [
        {name: way[name] for name in _missing(way, facts)}
        for needs in above
        for way in _spelt_out(needs)
    ]
    fewest = min((len(way) for way in ways), default=0)
    least: dict[str, int] = {}
    for way in ways:
        if len(way) == fewest:
            least |= {name: min(need, least.get(name, need)) for name, need in way.items()}
    return least


def _eidas(loa: int, enrolment: int) -> Literal["none", "low", "substantial", "high"]:
    if loa >= 4:  # noqa: PLR2004 - the level's own number
        return "high"
    if loa >= 3 and enrolment >= 3:  # noqa: PLR2004 - LoA3 with remote proofing
        return "substantial"
    return "low" if loa else "none"


def _phishing_resistance(facts: Facts) -> Literal["phr", "phrh"] | None:
    """OpenID EAP ACR Values 1.0. An unproven cross-device step has channel 1 at most."""
    if facts["channel"] < 2 or not facts["possession"]:  # noqa: PLR2004 - the verifier's name
        return None
    return "phr" if facts["possession"] == 1 else "phrh"
