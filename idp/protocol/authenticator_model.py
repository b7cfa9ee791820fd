"""What a model of authenticators is worth, by its metadata. FIDO MDS 3.0, 3.1; ASSURANCE.md.

An entry of the metadata BLOB names the roots to which attestation of the model leads, how its
keys are kept, and what has become known of it.
"""

from __future__ import annotations

import base64
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any, Protocol
from uuid import UUID

DISTRUSTED = frozenset(
    {
        "ATTESTATION_KEY_COMPROMISE",
        "REVOKED",
        "USER_KEY_PHYSICAL_COMPROMISE",
        "USER_KEY_REMOTE_COMPROMISE",
        "USER_VERIFICATION_BYPASS",
    }
)
"""Statuses after which an assertion no longer shows what the model promised. MDS 3.0, 3.1.4."""
CERTIFIED_HARDWARE = 2
_LEVELS = {
    "NOT_FIDO_CERTIFIED": 0,
    "FIDO_CERTIFIED": 1,
    "FIDO_CERTIFIED_L1": 1,
    "FIDO_CERTIFIED_L1plus": 1,
    "FIDO_CERTIFIED_L2": 2,
    "FIDO_CERTIFIED_L2plus": 2,
    "FIDO_CERTIFIED_L3": 3,
    "FIDO_CERTIFIED_L3plus": 3,
}
_IN_HARDWARE = frozenset({"hardware", "secure_element", "tee"})


class Standing(Protocol):
    """What a grade needs to know of a model."""

    @property
    def in_hardware(self) -> bool:
        """Whether its keys are kept in hardware."""

    @property
    def certified(self) -> int:
        """The level of FIDO's programme that it has passed."""

    @property
    def problem(self) -> str:
        """The status for which it is distrusted, empty without one."""


@dataclass(frozen=True, slots=True)
class ModelStatement:
    """What an entry says of one model. `roots` are certificates in DER."""

    aaguid: UUID
    description: str
    roots: tuple[bytes, ...]
    in_hardware: bool
    certified: int
    problem: str


def possession(*, anchored: bool, backup_eligible: bool, known: Collection[Standing]) -> int:
    """Return the grade of a key. ASSURANCE.md, "Inputs".

    `anchored`: its attestation led to a root that is still pinned for the model. `known` is all
    that is known of the model now, so a grade falls with the next news and not only for new keys.
    """
    kept = anchored and not backup_eligible and any(one.in_hardware for one in known)
    if not kept or any(one.problem for one in known):
        return 1
    return 3 if max(one.certified for one in known) >= CERTIFIED_HARDWARE else 2


def read_entry(entry: Any, *, today: date) -> ModelStatement | None:
    """Return what an entry says; None when it is not about FIDO2 authenticators.

    Raises:
        ValueError: it is not in the form of MDS 3.0.
    """
    try:
        if "aaguid" not in entry:
            return None
        said = entry["metadataStatement"]
        certified, problem = _status(entry["statusReports"], today)
        return ModelStatement(
            aaguid=UUID(entry["aaguid"]),
            description=str(said["description"]),
            roots=tuple(base64.b64decode(one) for one in said["attestationRootCertificates"]),
            in_hardware=not _IN_HARDWARE.isdisjoint(said["keyProtection"]),
            certified=certified,
            problem=problem,
        )
    except (AttributeError, KeyError, TypeError) as error:
        message = f"not an entry of metadata: {error!r}"
        raise ValueError(message) from error


def _status(reports: Any, today: date) -> tuple[int, str]:
    """Return the certification in effect, and the first status that ends trust.

    A warning counts from when it is published, whatever day it names; a certification does not.
    """
    said = [
        (date.fromisoformat(report.get("effectiveDate", "0001-01-01")), report["status"])
        for report in reports
    ]
    problem = next((status for _, status in said if status in DISTRUSTED), "")
    # Of one day the last counts: sorting keeps their order.
    dated = sorted(said, key=itemgetter(0))
    levels = [_LEVELS[status] for day, status in dated if status in _LEVELS and day <= today]
    return (levels[-1] if levels else 0), problem
