"""`manage.py rotate_keys`: the next signing keys, published now, in use after an hour."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from idp import keys


class Command(BaseCommand):
    help = "Create the next signing keys and let the present ones retire."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--now",
            action="store_true",
            help="after a compromise: sign with the new keys at once, withdraw the old ones",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        for key in keys.rotate(at_once=options["now"]):
            since = f"{key.activates_at:%Y-%m-%d %H:%M} UTC"
            self.stdout.write(f"{key.algorithm} {key.kid}: published, signs from {since}")
