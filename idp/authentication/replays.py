"""Stored evidence records, decided again by the rules of today. R-B-8; ASSURANCE.md.

What a row says beside its record is compared with it, and its signature checked: a change of the
facts, of the answer or of the row itself is found, whoever made it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from django.db.models import QuerySet

from idp.authentication import session
from idp.models import AuthenticationEvent, Grant
from idp.protocol import evidence_json, evidence_record
from idp.protocol.evidence_json import MalformedError
from idp.protocol.evidence_record import Difference, EvidenceRecord

_ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of one row. `rules`: the version by which it was decided; None without a record.

    `faults`: what is wrong with the record as such; `differences`: where today's answer is another.
    """

    row: str
    rules: int | None = None
    faults: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()

    @property
    def same(self) -> bool:
        """Whether the record is sound and today's answer is its own."""
        return not self.faults and not self.differences


def every(last: int | None = None) -> Iterator[Replayed]:
    """Yield what comes of the grants of people and of the sign-ins, or of the last so many each."""
    grants = Grant.objects.exclude(user=None).order_by("-created_at", "pk")
    sign_ins = AuthenticationEvent.objects.order_by("-at", "pk")
    return chain(of(grants[:last]), of(sign_ins[:last]))


def of(rows: QuerySet[Grant] | QuerySet[AuthenticationEvent]) -> Iterator[Replayed]:
    """Yield what comes of `rows`, a few of them in memory at a time."""
    for row in rows.iterator(chunk_size=_ROWS_AT_ONCE):
        yield _replay(row)


def _replay(row: Grant | AuthenticationEvent) -> Replayed:
    name = f"grant {row.pk}" if isinstance(row, Grant) else f"sign-in {row.pk}"
    if not row.evidence_record and not row.evidence_signature:
        return Replayed(name)
    faults = [] if row.has_signed_evidence() else ["the signature does not hold"]
    try:
        record = evidence_json.parse(row.evidence_record)
    except MalformedError as error:
        return Replayed(name, 0, (*faults, str(error)))
    if not _fits(row, record):
        faults.append("the row says something else than its record")
    return Replayed(name, record.rules, tuple(faults), evidence_record.replay(record))


def _fits(row: Grant | AuthenticationEvent, record: EvidenceRecord) -> bool:
    """Tell whether the row repeats its record; the signature covers a grant's `acr` besides."""
    if isinstance(row, Grant):
        standing = record.standing
        return (tuple(row.amr), row.auth_time) == (standing.amr, standing.auth_time)
    try:
        return record.events == (session.event_of(row),)
    except TypeError:  # evidence of another shape
        return False
