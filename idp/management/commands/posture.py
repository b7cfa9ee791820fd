"""``manage.py posture``: how the clients stand against good practice. RFC 9700; FAPI 2.0.

The exit code tells a job what was found: 0 nothing, 10 notes, 20 warnings. What is missing for
the FAPI profile is printed, and does not count.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from idp.models import Client
from idp.oauth import client_posture
from idp.protocol.posture import Finding, Report, Verdict

EXIT_CODES = {Verdict.OK: 0, Verdict.NOTES: 10, Verdict.WARNINGS: 20}


class Command(BaseCommand):
    help = "Print how clients stand against good practice. Exit code: 10 notes, 20 warnings."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("client_id", nargs="?", help="default: every active client")
        parser.add_argument("--json", action="store_true", help="for a program to read")

    def handle(self, *args: Any, **options: Any) -> None:
        server = client_posture.this_provider()
        clients = _chosen(options["client_id"])
        reports = [(client, client_posture.report(client, at=server)) for client in clients]
        if options["json"]:
            self.stdout.write(json.dumps([_as_json(*one) for one in reports], indent=2))
        else:
            self.stdout.write("\n".join(line for one in reports for line in _lines(*one)))
        if worst := max((EXIT_CODES[report.verdict] for _client, report in reports), default=0):
            sys.exit(worst)


def _chosen(client_id: str | None) -> list[Client]:
    if client_id is None:
        return list(Client.objects.filter(is_active=True).order_by("client_id"))
    found = list(Client.objects.filter(client_id=client_id))
    if not found:
        message = f"There is no client {client_id!r}."
        raise CommandError(message)
    return found


def _as_json(client: Client, report: Report) -> dict[str, Any]:
    return {"client_id": client.client_id, "name": client.name, "verdict": report.verdict} | asdict(
        report
    )


def _lines(client: Client, report: Report) -> list[str]:
    shown = [line for found in (*report.findings, *report.lacks) for line in _of(found)]
    return [f"{client.client_id} ({client.name}): {report.verdict}", *shown]


def _of(finding: Finding) -> tuple[str, str]:
    where = f"{finding.specification} {finding.section}"
    return f"  {finding.severity}: {finding.what} [{where}]", f"    {finding.mend}"
