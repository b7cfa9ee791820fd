"""``manage.py assess``: evidence records on standard input, assessments on standard output.

ASSURANCE.md, last section. Input: a JSON list of ``{"evidence": {...}, "policy": {...}}``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import MISSING, Field, asdict, fields
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from idp.contract import Evidence
from idp.protocol.assurance import AssurancePolicy, assess

CROSS_DEVICE = ("none", "proximity", "unproven")


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
        assessed = [asdict(assess(*_read(number, record))) for number, record in enumerate(records)]
        self.stdout.write(json.dumps(assessed, indent=2))


def _read(number: int, record: object) -> tuple[Evidence, AssurancePolicy]:
    if not isinstance(record, dict):
        message = f"record {number}: expected an object, got {type(record).__name__}"
        raise CommandError(message)
    evidence, policy = record.get("evidence"), record.get("policy", {})
    _check(f"record {number}, evidence", evidence, fields(Evidence))
    _check(f"record {number}, policy", policy, fields(AssurancePolicy))
    return Evidence(**record["evidence"]), AssurancePolicy(**policy)


def _check(where: str, values: object, known: Iterable[Field[Any]]) -> None:
    """Refuse what is not exactly a record: a misspelt field must not count as absent."""
    if not isinstance(values, dict):
        message = f"{where}: expected an object"
        raise CommandError(message)
    defaults = {field.name: field.default for field in known if field.default is not MISSING}
    for name, value in values.items():
        if name not in defaults:
            message = f"{where}: unknown field {name!r}"
            raise CommandError(message)
        if not _fits(name, value, defaults[name]):
            message = f"{where}: {name} must not be {value!r}"
            raise CommandError(message)


def _fits(name: str, value: object, default: object) -> bool:
    if name == "cross_device":
        return value in CROSS_DEVICE
    if isinstance(default, bool):
        return isinstance(value, bool)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if isinstance(default, float):
        return 0 <= value <= 1
    return isinstance(value, int) and 0 <= value <= 4  # noqa: PLR2004 - the largest ordinal
