"""`manage.py migrate` for both databases in the right order. R-6.1-1.

Where both aliases name one database they share one table of applied migrations. Migrating
`default` first would record the migrations of `biometric_auth` there without creating its
tables (the router keeps them out), and the second run would find nothing left to do.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS

from idp.config.routers import BIOMETRIC

APPLICATION = "biometric_auth"


class Command(migrate.Command):
    help = migrate.Command.help + " Without --database: every database, in the right order."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database=None)

    def get_check_kwargs(self, options: Any) -> Any:
        if options["database"]:
            return super().get_check_kwargs(options)
        checks = super().get_check_kwargs(options | {"database": DEFAULT_DB_ALIAS})
        return checks | {"databases": [BIOMETRIC, DEFAULT_DB_ALIAS]}

    def handle(self, *args: Any, **options: Any) -> None:
        if options["database"]:
            super().handle(*args, **options)
        elif options["app_label"]:
            alias = BIOMETRIC if options["app_label"] == APPLICATION else DEFAULT_DB_ALIAS
            super().handle(*args, **options | {"database": alias})
        else:
            biometric = {"database": BIOMETRIC, "app_label": APPLICATION}
            super().handle(*args, **options | biometric)
            super().handle(*args, **options | {"database": DEFAULT_DB_ALIAS})
