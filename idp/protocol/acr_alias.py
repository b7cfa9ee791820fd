"""Other names for our `acr` values: mapped, not assessed. OpenID Connect Core 2; ASSURANCE.md.

An alias is what a client calls a value. One name has one meaning wherever it is visible, and
never that of a canonical name. R-B-6: words of NIST SP 800-63 and of eIDAS need evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from idp.protocol.acr import LOA, RUNGS

LONGEST = 120
# One word of a space-separated list, and of a quoted string in a challenge (RFC 9470 3).
_NAME = re.compile(r"[!#-\[\]-~]{1,120}")
_FRAMEWORK = re.compile(r"(?<![a-z])(?:aal|ial|fal|eidas)(?![a-z])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Alias:
    """`name` means `value`: at one client, or everywhere (no `client`)."""

    name: str
    value: str
    client: str = ""

    def meets(self, other: Alias) -> bool:
        """Return whether some client sees both."""
        return not self.client or not other.client or self.client == other.client


@dataclass(frozen=True, slots=True)
class Preset:
    """A name that is in use elsewhere, and what it could mean here."""

    family: str
    name: str
    value: str


_NIST = "NIST SP 800-63, as US agencies write it"
_EIDAS = "eIDAS levels of assurance"
_DIGITS = "ISO/IEC 29115 and Keycloak: digits"
_SINGPASS = "Like Singpass"
_LOGIN_GOV = "Like login.gov"
PRESETS = (
    Preset(_NIST, "http://idmanagement.gov/ns/assurance/aal/1", LOA.format(1)),
    Preset(_NIST, "http://idmanagement.gov/ns/assurance/aal/2", LOA.format(3)),
    Preset(_NIST, "http://idmanagement.gov/ns/assurance/aal/3", LOA.format(4)),
    Preset(_EIDAS, "http://eidas.europa.eu/LoA/low", LOA.format(1)),
    Preset(_EIDAS, "http://eidas.europa.eu/LoA/substantial", LOA.format(3)),
    Preset(_EIDAS, "http://eidas.europa.eu/LoA/high", LOA.format(4)),
    *(Preset(_DIGITS, str(level), LOA.format(level)) for level in (1, 2, 3, 4)),
    Preset(_SINGPASS, "urn:singpass:authentication:loa:1", LOA.format(1)),
    Preset(_SINGPASS, "urn:singpass:authentication:loa:2", LOA.format(2)),
    Preset(_SINGPASS, "urn:singpass:authentication:loa:3", LOA.format("3:rb")),
    Preset(_LOGIN_GOV, "urn:acr.login.gov:auth-only", LOA.format(2)),
)


def is_name(text: str) -> bool:
    """Return whether `text` could be an alias at all."""
    return bool(_NAME.fullmatch(text)) and text not in RUNGS


def needs_evidence(name: str) -> bool:
    """Return whether the name belongs to a framework that somebody has to assess. R-B-6."""
    return bool(_FRAMEWORK.search(name))


def refusal(alias: Alias, others: Iterable[Alias]) -> str:
    """Return why `alias` cannot stand beside `others`, as a sentence; empty if it can."""
    if not _NAME.fullmatch(alias.name):
        return f"1 to {LONGEST} printable ASCII characters, no space, quote or backslash."
    if alias.name in RUNGS:
        return "This is a name of our own, with a meaning of its own."
    if alias.value not in RUNGS:
        return "It must mean one of our own values."
    for other in others:
        if other.name != alias.name or not other.meets(alias):
            continue
        where = "at this client" if other.client else "everywhere"
        if other.value != alias.value:
            return f"The name already means {other.value} {where}."
        if other.client == alias.client:
            return f"The name already means this {where}."
    return ""


def evidence_refusal(name: str, *, basis: str, expires_on: date | None) -> str:
    """Return what is missing of the evidence for a framework's word; empty if nothing is."""
    if needs_evidence(name) and not (basis.strip() and expires_on):
        return "Say what an assessor has found, and until when it holds: the name promises it."
    return ""


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a client asks for: our values, and by which name it called each first."""

    values: tuple[str, ...]
    called: Mapping[str, str]


def resolve(names: Iterable[str], aliases: Mapping[str, str]) -> Resolved:
    """Return `names` with what each alias means, in order; an unknown one stays as it is."""
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(aliases.get(name, name), name)
    called = {value: name for value, name in first.items() if value != name}
    return Resolved(tuple(first), called)


def with_aliases(values: Iterable[str], aliases: Iterable[Alias]) -> list[str]:
    """Return `values` in their order, each with its aliases after it. Discovery 1.0 3."""
    known = tuple(aliases)
    return [
        name
        for value in values
        for name in (value, *sorted(alias.name for alias in known if alias.value == value))
    ]
