"""``manage.py assess``: evidence records on standard input, assessments on standard output.

ASSURANCE.md, last section. Input: a JSON list of ``{"evidence": {...}, "policy": {...}}``.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from idp.protocol import evidence_json
from idp.protocol.assurance import Assessment, assess
from idp.protocol.evidence_json import MalformedError


class Command(BaseCommand):
    """Assess evidence records."""

    help = "Assess a JSON list of {evidence, policy} from standard input."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            records = json.load(sys.stdin)
        except ValueError as error:
            message = f"standard input is not JSON: {error}"
            raise CommandError(message) from error
        if not isinstance(records, list):
            message = "expected a JSON list of {evidence, policy} objects"
            raise CommandError(message)
        assessed = [asdict(_assess(number, record)) for number, record in enumerate(records)]
        self.stdout.write(json.dumps(assessed, indent=2))


def _assess(number: int, record: object) -> Assessment:
    if not isinstance(record, dict):
        message = f"record {number}: expected an object, got {type(record).__name__}"
        raise CommandError(message)
    try:
        return assess(
            evidence_json.evidence(f"record {number}, evidence", record.get("evidence")),
            evidence_json.policy(f"record {number}, policy", record.get("policy", {})),
        )
    except MalformedError as error:
        raise CommandError(error) from error
