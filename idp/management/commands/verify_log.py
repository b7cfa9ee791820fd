"""`manage.py verify_log`: whether any security event was changed, added or taken away. R-9.1-7."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from idp import event_logs

MOST = 20


class Command(BaseCommand):
    help = "Look whether the chains of security events hold; exit 1 and say where they do not."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--most", type=int, default=MOST, help="how many faults to name of each log"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        broken = [name for name in event_logs.every() if not self._holds(name, options["most"])]
        if broken:
            message = f"Not what was recorded: {', '.join(broken)}."
            raise CommandError(message)

    def _holds(self, name: str, most: int) -> bool:
        log = event_logs.every()[name]
        number, _ = log.head() or (0, "")
        self.stdout.write(f"{name}: {number} events chained, {log.waiting()} waiting")
        found = list(islice(log.faults({}), most))
        for fault in found:
            self.stdout.write(f"{name}: {fault}")
        return not found
