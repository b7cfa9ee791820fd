"""Why a level is what it is, beside the row that has it. R-B-4, R-B-8: kinds, no scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.utils.timesince import timesince

from idp.protocol import acr, evidence_json, evidence_record
from idp.protocol.acr import Event
from idp.protocol.assurance import assess, shortfalls
from idp.protocol.evidence_json import NOTHING_SHOWN, MalformedError
from idp.protocol.evidence_record import EvidenceRecord

MAPPED = "mapped, not assessed"
_NAMES = {
    "possession": "Possession",
    "second": "A second factor",
    "channel": "The channel",
    "enrolment": "Enrolment",
    "knowledge": "Knowledge",
    "local_user_verification": "Local user verification",
    "remote_match": "A remote match",
    "fmr": "The bound of the false match rate",
    "pad": "Presentation attack detection",
    "iad": "Injection attack detection",
    "freshness": "Freshness",
    "same_frames": "One set of frames",
    "template_protection": "Template protection",
    "intent": "Intent",
    "accept_self_tested_pad": "Accepting attack detection that only we tested",
    "accept_browser_capture": "Accepting a camera in a browser",
}
_MEANINGS = {
    ("possession", 1): "a key or a one-time code",
    ("possession", 2): "an attested key that cannot be exported",
    ("possession", 3): "an attested key in certified hardware",
    ("second", 1): "a secret, or the lock of the device",
    ("channel", 1): "an answer that the device's key has signed",
    ("channel", 2): "an answer bound to this provider's name, as WebAuthn gives it",
    ("enrolment", 1): "enrolled in a session of one factor",
    ("enrolment", 2): "enrolled in a session of level 3",
    ("enrolment", 3): "with remote proofing",
    ("enrolment", 4): "on site, attended",
    ("knowledge", 1): "a secret that the server checks",
    ("pad", 2): "tested by ourselves",
    ("pad", 3): "tested by a laboratory",
    ("iad", 2): "an attested capture",
    ("freshness", 2): "a nonce signed with the capture",
    ("freshness", 3): "the unpredictable challenge answered",
    ("template_protection", 2): "a key for each subject",
    ("intent", 1): "an explicit action for this transaction",
}


TEMPLATE = "admin/idp/why_level.html"
"""What shows the answers of this module beside a row."""
UNSIGNED = "The signature of this record does not hold: it was changed outside this application."


def of_stored(stored: object, doubts: list[str]) -> dict[str, Any]:
    """Return what the page says about the record that a row keeps; `doubts` are about the row."""
    if not stored:
        return {"doubts": ["This row has no evidence record: it is older than they are."]}
    try:
        record = evidence_json.parse(stored)
    except MalformedError as error:
        return {"doubts": [f"The record cannot be read: {error}."]}
    return of(record, doubts)


def of(record: EvidenceRecord, doubts: Sequence[str] = ()) -> dict[str, Any]:
    """Return what the page says about a record, and where today's rules say something else."""
    changed = [
        f"By today's rules {one.name} would be {one.today} instead of {one.stored}."
        for one in evidence_record.replay(record)
    ]
    return explain(record) | {"doubts": [*doubts, *changed]}


def explain(record: EvidenceRecord) -> dict[str, Any]:
    """Return what the page says about `record`."""
    standing, policy = record.standing, record.profile.policy
    accepted = [_NAMES[name] for name, accepts in asdict(policy).items() if accepts]
    return {
        "level": standing.level,
        "facts": {
            "acr": standing.acr or "none",
            "amr": " ".join(standing.amr) or "none",
            "AAL": f"{standing.aal} ({MAPPED})",
            "eIDAS": f"{standing.eidas} ({MAPPED})",
            "Resistant to phishing": standing.phishing_resistant or "no",
            "Remote biometric": f"grade B{standing.biometric_grade}",
            "Self-assessed": "yes: it rests on what only we have tested"
            if standing.self_assessed
            else "no",
            "Decided": f"{record.at:%d %B %Y at %H:%M:%S} UTC",
            "Profile": f"version {record.profile.version}: {'; '.join(accepted) or 'strict'}",
            "Rules": f"version {record.rules}, SHA-256 {record.sha256[:16]}…",
        },
        "events": [_event(event, record) for event in record.events],
        "limits": limits(record),
    }


def limits(record: EvidenceRecord) -> list[str]:
    """Return in sentences what kept the level from rising."""
    above, limited_by = record.standing.level + 1, record.standing.limited_by
    if "age" in limited_by:
        return [f"Time: what was shown would support more, but is too old for level {above}."]
    said = []
    if "cooling_off" in limited_by:
        said.append("Cooling-off: after a recovery or with a new key nothing counts above level 2.")
    policy = record.profile.policy
    behind = acr.fresh(record.standing.acr, record.events, record.at, record.profile.ages)
    best = evidence_record.strongest(behind, policy)
    for name, (has, needs) in shortfalls(best, policy).items():
        meaning = _MEANINGS.get((name, needs), "")
        said.append(
            f"{_NAMES[name]} is {has} of the {needs} that level {above} would need"
            f"{': ' if meaning else ''}{meaning}."
        )
    return said


def _event(event: Event, record: EvidenceRecord) -> dict[str, str]:
    alone = acr.level(
        (event,), policy=record.profile.policy, now=record.at, ages=record.profile.ages
    )
    grade = assess(event.evidence, record.profile.policy).biometric_grade
    shown = {
        name.replace("_", " "): value
        for name, value in asdict(event.evidence).items()
        if value != NOTHING_SHOWN[name] and name != "fmr_upper_bound"
    }
    return {
        "method": event.method,
        "at": f"{event.at:%d %B %Y at %H:%M:%S} UTC",
        "age": f"{timesince(event.at, record.at, depth=1)} before",
        "gives": f"level {alone} by itself" + (f", grade B{grade}" if grade else ""),
        "shows": ", ".join(f"{name} {value}" for name, value in shown.items()),
    }
