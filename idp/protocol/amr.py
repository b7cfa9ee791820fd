"""Authentication method references of several events. RFC 8176; OIDC.md 6.1; ASSURANCE.md.

Derived from evidence: a method cannot claim `mfa`, and `face` needs a remote biometric
that counts as a factor. No value tells a score or a grade.
"""

from __future__ import annotations

from collections.abc import Iterable

from idp.contract import Evidence
from idp.protocol.acr import Event
from idp.protocol.assurance import REMOTE_BIOMETRIC_GRADE, AssurancePolicy, assess

REPORTED = frozenset({"pwd", "otp", "pin", "kba", "sms", "tel", "sc", "mca"})
"""What evidence does not show, taken from the method as it says."""


def references(events: Iterable[Event], policy: AssurancePolicy) -> tuple[str, ...]:
    """Return the sorted references; `mfa` beside its constituents when two categories met."""
    names: set[str] = set()
    categories: set[str] = set()
    for event in events:
        verified = assess(event.evidence, policy).biometric_grade >= REMOTE_BIOMETRIC_GRADE
        names |= (event.amr & REPORTED) | _shown(event.evidence, verified=verified)
        categories |= _categories(event.evidence, verified=verified)
    if len(categories) > 1:
        names.add("mfa")
    return tuple(sorted(names))


def _shown(evidence: Evidence, *, verified: bool) -> set[str]:
    shown = {
        "hwk": evidence.possession > 1,
        "swk": evidence.possession == 1 and evidence.channel > 0,
        "pop": evidence.possession > 0 and evidence.channel > 0,
        "face": verified,
        "user": evidence.intent > 0,
    }
    return {name for name, is_shown in shown.items() if is_shown}


def _categories(evidence: Evidence, *, verified: bool) -> set[str]:
    """Return the kinds of factor. Local unlock and remote face are one kind: no double count."""
    shown = {
        "possession": evidence.possession > 0,
        "knowledge": evidence.knowledge > 0,
        "person": verified or evidence.local_user_verification > 0,
    }
    return {name for name, is_shown in shown.items() if is_shown}
