"""What a client that may have it is told of an assurance: kinds and times. ASSURANCE.md, "amr".

A level, what kinds of evidence stood behind it and when; never a score, a template, a device or
a reason. A biometric that did not count is not told of (R-B-5).
"""

from __future__ import annotations

from typing import Any

from idp.protocol import acr
from idp.protocol.acr import Event
from idp.protocol.assurance import REMOTE_BIOMETRIC_GRADE, AssurancePolicy, assess
from idp.protocol.evidence_record import EvidenceRecord

SCOPE = "assurance_details"


def name(issuer: str) -> str:
    """Return the claim's name, which is this provider's own."""
    return f"{issuer.rstrip('/')}/claims/assurance"


def claim(record: EvidenceRecord) -> dict[str, Any]:
    """Return what followed from the record, and from which kinds of evidence."""
    found, policy = record.standing, record.profile.policy
    behind = acr.fresh(found.acr, record.events, record.at, record.profile.ages)
    return {
        "level": found.level,
        "phishing_resistant": found.phishing_resistant is not None,
        "self_assessed": found.self_assessed,
        "evidence": [
            {"kinds": kinds, "time": int(event.at.timestamp())}
            for event in behind
            if (kinds := _kinds(event, policy))
        ],
    }


def _kinds(event: Event, policy: AssurancePolicy) -> list[str]:
    evidence = event.evidence
    counted = assess(evidence, policy).biometric_grade >= REMOTE_BIOMETRIC_GRADE
    shown = {
        "knowledge": evidence.knowledge > 0,
        "possession": evidence.possession > 0,
        "local_user_verification": evidence.local_user_verification > 0,
        "remote_biometric": counted,
    }
    return [kind for kind, is_shown in shown.items() if is_shown]
