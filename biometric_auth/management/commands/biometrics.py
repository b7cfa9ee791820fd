"""``manage.py biometrics stop|resume|status``: the switch, without the administration. R-9.1-6."""

from __future__ import annotations

import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from biometric_auth.models import BiometricStop
from biometric_auth.services import availability

Scope = BiometricStop.Scope


class Command(BaseCommand):
    """Stop remote biometrics, or let them run again."""

    help = "Stop remote biometrics for all, one client, one engine or one model of devices."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("step", choices=("stop", "resume", "status"))
        parser.add_argument("scope", nargs="?", choices=Scope.values, default=Scope.ALL)
        parser.add_argument("value", nargs="?", default="", help="which client, engine or model")
        parser.add_argument("--reason", default="", help="why; needed to stop")

    def handle(self, *args: Any, **options: Any) -> None:
        step, scope, value = options["step"], options["scope"], options["value"]
        if step != "status":
            if (scope == Scope.ALL) is bool(value):
                message = "name what to stop: a client, an engine or a model; nothing for all"
                raise CommandError(message)
            self._turn(step, scope, value, options["reason"])
        held = BiometricStop.objects.filter(resumed_at=None)
        for row in held:
            self.stdout.write(f"stopped: {row}, by {row.stopped_by}: {row.reason}")
        if not held:
            self.stdout.write("Nothing is stopped.")

    def _turn(self, step: str, scope: str, value: str, reason: str) -> None:
        by = f"{getpass.getuser()} (command line)"
        if step == "resume":
            if not availability.resume(scope=scope, value=value, by=by):
                message = "that is not stopped"
                raise CommandError(message)
        elif not reason:
            message = "say why: --reason"
            raise CommandError(message)
        else:
            availability.stop(scope=scope, value=value, reason=reason, by=by)
