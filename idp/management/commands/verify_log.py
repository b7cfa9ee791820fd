"""`manage.py verify_log`: whether any security event was changed, added or taken away. R-9.1-7."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from idp import anchors, append_only, event_logs
from idp.contract import EventLog
from idp.policy import get_policy

MOST = 20


class Command(BaseCommand):
    help = "Look whether the chains of security events hold; exit 1 and say where they do not."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--anchors",
            action="append",
            type=Path,
            help="a file of anchors, also several times; without it the one that beat writes",
        )
        parser.add_argument(
            "--most", type=int, default=MOST, help="how many faults to name of each log"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        anchored = _anchored(options["anchors"])
        triggers = [f"Rows of {table} can be changed." for table in append_only.unprotected()]
        broken = [*(["anchors"] if anchored.faults else []), *(["triggers"] if triggers else [])]
        self._say("anchors", anchored.faults[: options["most"]])
        self._say("triggers", triggers)
        for name, log in event_logs.every().items():
            links = anchored.by_log.get(name, {})
            self.stdout.write(f"{name}: {_state(log, links)}")
            found = list(islice(log.faults(links), options["most"]))
            self._say(name, found)
            broken += [name] if found else []
        if broken:
            message = f"Not what was recorded: {', '.join(broken)}."
            raise CommandError(message)

    def _say(self, name: str, faults: list[str]) -> None:
        for fault in faults:
            self.stdout.write(f"{name}: {fault}")


def _anchored(given: list[Path] | None) -> anchors.Anchored:
    """Read the files. One that is named has to be there; nothing may be anchored yet."""
    own = Path(get_policy().anchor_file)
    try:
        return anchors.read(given or ([own] if own.is_file() else []))
    except OSError as error:
        raise CommandError(str(error)) from error


def _state(log: EventLog, links: dict[int, str]) -> str:
    number, _ = log.head() or (0, "")
    anchored = f"link {max(links)} anchored" if links else "nothing anchored"
    return f"{number} events chained, {log.waiting()} waiting, {anchored}"
