"""Rows that keep what a level was decided from, under this deployment's signature. R-B-8."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from idp import sealing
from idp.protocol import evidence_json
from idp.protocol.evidence_record import EvidenceRecord


class Evidenced(models.Model):
    """A row with an evidence record; empty in rows that are older than these records.

    `EVIDENCE_OF` names what the record belongs to, as a format of the row: it is signed with
    that, so that rows cannot exchange their records.
    """

    EVIDENCE_OF: ClassVar[str]

    evidence_record = models.JSONField(default=dict, editable=False)
    evidence_signature = models.CharField(max_length=100, blank=True, editable=False)

    class Meta:
        abstract = True

    def keep_evidence(self, record: EvidenceRecord) -> None:
        """Take `record` into the row, signed; the caller saves it."""
        self.evidence_record = evidence_json.as_json(record)
        self.evidence_signature = sealing.sign(self._statement(), purpose=sealing.EVIDENCE_RECORDS)

    def has_signed_evidence(self) -> bool:
        """Tell whether the record is what this deployment has put there."""
        return sealing.is_signed(
            self._statement(), self.evidence_signature, purpose=sealing.EVIDENCE_RECORDS
        )

    def _statement(self) -> dict[str, object]:
        return {"of": self.EVIDENCE_OF.format(self), "record": self.evidence_record}
