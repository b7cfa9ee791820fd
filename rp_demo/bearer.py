"""The challenge of a protected resource. RFC 6750 3; RFC 9470 3; RFC 9728 5.1.

One side writes it (`rp_demo.resource`), the other reads it (`rp_demo.spending`). Where the
metadata are is for clients that do not know the resource yet; ours does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from rp_demo.registration import Requirement

REALM = "Northwind Bank"
INSUFFICIENT = "insufficient_user_authentication"
INVALID_TOKEN = "invalid_token"  # noqa: S105 - an error code
LONGEST_MAX_AGE = 8  # digits
_PARAMETER = re.compile(r'([A-Za-z_]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))\s*(?:,|$)')


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a resource says in ``WWW-Authenticate`` when it refuses a bearer token."""

    error: str = ""
    description: str = ""
    requirement: Requirement | None = None
    metadata_url: str = ""

    def header(self) -> str:
        """Return the value of the header field."""
        parts = {"realm": REALM, "error": self.error, "error_description": self.description}
        if self.requirement is not None:
            seconds = self.requirement.seconds
            parts["acr_values"] = " ".join(self.requirement.acr_values)
            parts["max_age"] = "" if seconds is None else str(seconds)
        parts["resource_metadata"] = self.metadata_url
        return "Bearer " + ", ".join(f'{name}="{value}"' for name, value in parts.items() if value)


def read(header: str) -> Challenge | None:
    """Return the bearer challenge in `header`; None if there is none to act upon."""
    scheme, _, rest = header.strip().partition(" ")
    if scheme.lower() != "bearer":
        return None
    found = {
        match[1].lower(): match[3] or re.sub(r"\\(.)", r"\1", match[2] or "")
        for match in _PARAMETER.finditer(rest)
    }
    return Challenge(
        error=found.get("error", ""),
        description=found.get("error_description", ""),
        requirement=_requirement(found),
    )


def _requirement(found: dict[str, str]) -> Requirement | None:
    age = found.get("max_age", "")
    max_age = None
    if age.isascii() and age.isdigit() and len(age) <= LONGEST_MAX_AGE:
        max_age = timedelta(seconds=int(age))
    acr_values = tuple(found.get("acr_values", "").split())
    if not acr_values and max_age is None:
        return None
    return Requirement(acr_values, max_age)
