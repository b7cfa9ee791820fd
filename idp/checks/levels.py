"""What levels mean in a deployment, as its database says. ASSURANCE.md, "Policy"; R-9.1-5."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning
from django.db import DatabaseError, connections, router
from django.db.migrations.executor import MigrationExecutor

from idp.authentication import profiles
from idp.protocol.assurance import STRICT


@register(Tags.security, deploy=True)
def check_levels(**_kwargs: Any) -> list[CheckMessage]:
    """Check the schema, and only then what the tables say."""
    return _schema() or _profile()


def _schema() -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for alias in settings.DATABASES:
        try:
            executor = MigrationExecutor(connections[alias])
            newest = executor.loader.graph.leaf_nodes()
            ours = [node for node in newest if router.allow_migrate(alias, node[0])]
            missing = executor.migration_plan(ours)
        except DatabaseError:
            found.append(
                Error(
                    f"The database {alias!r} does not answer.",
                    hint="Start it, or mend its URL.",
                    id="idp.E024",
                )
            )
            continue
        if missing:
            found.append(
                Error(
                    f"The database {alias!r} is older than the code: {missing[0][0]} is missing.",
                    hint="python manage.py migrate",
                    id="idp.E025",
                )
            )
    return found


def _profile() -> list[CheckMessage]:
    now = profiles.in_force()
    if not now.version:
        return [
            Error(
                "The assurance profile is not what was approved: strict rules count instead.",
                hint="Find out who changed it; then draft and approve a new version.",
                id="idp.E026",
            )
        ]
    if now.policy == STRICT:
        return []
    return [
        CheckWarning(
            "Levels are self-assessed: no independent evaluation stands behind them.",
            hint="Agree on a strict assurance profile, or tell every client what it means.",
            id="idp.W001",
        )
    ]
