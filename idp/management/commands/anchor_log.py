"""`manage.py anchor_log`: print a signed line for the end of each log, to be kept elsewhere.

R-9.1-7. Beat writes the same to the configured file and URL; this is for any other place.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from idp import anchors


class Command(BaseCommand):
    help = "Print an anchor of each log of security events: append it to a file of another machine."

    def handle(self, *args: Any, **options: Any) -> None:
        for line in anchors.lines():
            self.stdout.write(line)
