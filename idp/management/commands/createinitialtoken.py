"""`manage.py createinitialtoken`: a permission to register clients. RFC 7591 3; OIDC.md L4, C7."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from idp.models import InitialAccessToken, SecurityEvent


class Command(BaseCommand):
    help = "Make an initial access token, with which clients register themselves."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="whom it is for")
        parser.add_argument("--days", type=int, default=7, help="how long it is valid (7)")
        parser.add_argument(
            "--uses", type=int, default=1, help="how many clients it may register (1); 0: any"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["days"] < 1 or options["uses"] < 0:
            message = "--days is 1 or more, --uses 0 or more."
            raise CommandError(message)
        row = InitialAccessToken(
            name=options["name"],
            uses_left=options["uses"] or None,
            expires_at=timezone.now() + timedelta(days=options["days"]),
        )
        value = row.new_value()
        with transaction.atomic():
            row.save(force_insert=True)
            SecurityEvent.record(
                "initial_access_token.made", by="createinitialtoken", name=row.name
            )
        self.stdout.write(f"initial_access_token: {value}")
        self.stderr.write("It cannot be shown again.")
