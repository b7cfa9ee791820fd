"""What only the owner of a database can do: change rows in tables that are only added to."""

from __future__ import annotations

import contextlib

from django.apps import apps
from django.db import connections

from idp import append_only


@contextlib.contextmanager
def lifted(*aliases):
    """Let rows be changed and taken away. SQLite gets its triggers back by the caller.

    That is the end of the test's transaction, or the `post_migrate` of a flush.
    """
    postgresql = [alias for alias in aliases if connections[alias].vendor == "postgresql"]
    for alias in aliases:
        with connections[alias].cursor() as cursor:
            if alias in postgresql:
                cursor.execute("SET session_replication_role = replica")
                continue
            for model in map(apps.get_model, append_only.MODELS):
                for verb in ("UPDATE", "DELETE"):
                    cursor.execute(f"DROP TRIGGER IF EXISTS {model._meta.db_table}_never_{verb}")
    yield
    for alias in postgresql:
        with connections[alias].cursor() as cursor:
            cursor.execute("SET session_replication_role = DEFAULT")
