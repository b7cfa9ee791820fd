"""Rows that the database itself keeps from being changed or taken away. R-9.1-7; ADR 20.

Every `migrate` makes the triggers anew: SQLite drops those of a table that it rebuilds. The tables
of the authentication server are named by text, wherever they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import AppConfig, apps
from django.db import connections, router
from django.db.models import Model

MODELS = (
    "idp.SecurityEvent",
    "idp.EventLink",
    "biometric_auth.SecurityEvent",
    "biometric_auth.EventLink",
)
APPS = ("idp", "biometric_auth")
_SQLITE = """
CREATE TRIGGER IF NOT EXISTS {table}_never_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is only added to'); END
"""
_POSTGRESQL = """
CREATE OR REPLACE FUNCTION {table}_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is only added to', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE TRIGGER {table}_never_changed BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION {table}_only_grows();
CREATE OR REPLACE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION {table}_only_grows();
"""
_TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass "
    "AND NOT tgisinternal AND tgenabled IN ('O', 'A')",
}
_EXPECTED = {
    "sqlite": ("never_UPDATE", "never_DELETE"),
    "postgresql": ("never_changed", "never_emptied"),
}


def protect(sender: AppConfig, using: str, **_signal: Any) -> None:
    """Let the database refuse what is not an insertion, in the tables of `sender`."""
    connection = connections[using]
    there = connection.introspection.table_names()
    with connection.cursor() as cursor:
        for model in _kept_in(using, sender.label):
            table = model._meta.db_table
            if table not in there:  # an application that was migrated back
                continue
            if connection.vendor == "postgresql":
                cursor.execute(_POSTGRESQL.format(table=table))
            else:
                for verb in ("UPDATE", "DELETE"):
                    cursor.execute(_SQLITE.format(table=table, verb=verb))


def unprotected() -> list[str]:
    """Return the tables whose rows the database would let somebody change."""
    return [
        model._meta.db_table
        for alias in connections
        for app in filter(apps.is_installed, APPS)
        for model in _kept_in(alias, app)
        if not _is_protected(alias, model._meta.db_table)
    ]


def _kept_in(using: str, app: str) -> Iterator[type[Model]]:
    for model in map(apps.get_model, (name for name in MODELS if name.startswith(f"{app}."))):
        if router.allow_migrate_model(using, model):
            yield model


def _is_protected(using: str, table: str) -> bool:
    vendor = connections[using].vendor
    with connections[using].cursor() as cursor:
        cursor.execute(_TRIGGERS[vendor], [table])
        found = {name for (name,) in cursor.fetchall()}
    return found.issuperset(f"{table}_{name}" for name in _EXPECTED[vendor])
