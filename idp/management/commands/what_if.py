"""``manage.py what_if``: what another assurance profile would change. R-9.1-5; ASSURANCE.md.

Reads the stored evidence of the last authentications; changes nothing.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from idp.authentication import histories
from idp.models import AssuranceProfile
from idp.protocol import what_if
from idp.protocol.assurance import PROFILES, AssurancePolicy


class Command(BaseCommand):
    """Try a profile on stored evidence."""

    help = "Say how many of the last authentications another assurance profile would change."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("profile", help="strict, self-assessed, or a version's number")
        parser.add_argument("--last", type=int, default=histories.LAST, metavar="COUNT")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["last"] < 1:
            message = "--last takes a number from 1 up"
            raise CommandError(message)
        found = histories.try_out(_policy(options["profile"]), count=options["last"])
        self.stdout.write("\n".join(what_if.sentences(found)))


def _policy(name: str) -> AssurancePolicy:
    if name in PROFILES:
        return PROFILES[name]
    row = AssuranceProfile.objects.filter(version=int(name)).first() if name.isdecimal() else None
    if row is None:
        message = f"no profile {name!r}: {', '.join(PROFILES)}, or a version's number"
        raise CommandError(message)
    return row.policy
