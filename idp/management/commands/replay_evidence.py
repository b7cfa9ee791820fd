"""``manage.py replay_evidence``: whether stored levels still follow from their evidence. R-B-8.

Each record is decided again by today's rules and the profile that it names; nothing is changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from idp.authentication import replays
from idp.authentication.replays import Replayed
from idp.models import Grant
from idp.protocol import assurance

PROGRESS = 10_000


@dataclass(slots=True)
class _Count:
    replayed: int = 0
    same: int = 0
    different: int = 0
    of_other_rules: int = 0
    without_record: int = 0

    def add(self, one: Replayed) -> None:
        if one.rules is None:
            self.without_record += 1
            return
        self.replayed += 1
        self.same += one.same
        self.different += not one.same
        self.of_other_rules += one.rules != assurance.RULES_VERSION


class Command(BaseCommand):
    """Decide again."""

    help = "Replay stored evidence records by today's rules; exit 1 and name those that differ."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--last", type=int, metavar="N", help="the last N grants and sign-ins")
        which.add_argument("--grant", metavar="ID", help="this grant alone")
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        count, as_json = _Count(), options["json"]
        for one in _chosen(options["last"], options["grant"]):
            count.add(one)
            if not one.same or options["grant"]:
                self.stdout.write(_line(one, as_json=as_json))
            if one.rules is not None and count.replayed % PROGRESS == 0:
                self.stderr.write(f"{count.replayed} replayed")
        self.stdout.write(json.dumps(asdict(count)) if as_json else _summary(count))
        if count.different:
            message = f"{count.different} records do not give the answer that they gave"
            raise CommandError(message)


def _chosen(last: int | None, grant: str | None) -> Iterator[Replayed]:
    if last is not None and last < 1:
        message = "--last takes a number from 1 up"
        raise CommandError(message)
    if grant is None:
        return replays.every(last)
    try:
        rows = Grant.objects.filter(pk=grant)
        found = rows.exists()
    except ValidationError:
        found = False
    if not found:
        message = f"no grant {grant!r}"
        raise CommandError(message)
    return replays.of(rows)


def _line(one: Replayed, *, as_json: bool) -> str:
    if as_json:
        return json.dumps(asdict(one), default=str)
    said = list(one.faults)
    said += [f"{d.name}: {d.stored} stored, {d.today} today" for d in one.differences]
    if one.rules is None:
        said.append("is older than evidence records")
    elif one.rules != assurance.RULES_VERSION:
        said.append(f"decided by rules {one.rules}, today's are {assurance.RULES_VERSION}")
    return f"{one.row}: {'; '.join(said) or 'the same answer'}"


def _summary(count: _Count) -> str:
    said = f"{count.replayed} records replayed: {count.same} give the same answer, "
    said += f"{count.different} do not."
    if count.of_other_rules:
        said += f" {count.of_other_rules} were decided by other rules than today's."
    if count.without_record:
        said += f" {count.without_record} rows are older than evidence records."
    return said
