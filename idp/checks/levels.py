"""What levels mean in a deployment, as its database says. ASSURANCE.md, "Policy"; R-9.1-5."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning
from django.db import DatabaseError, connections, router
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from idp.authentication import profiles
from idp.models import AuthenticatorModel
from idp.protocol.assurance import STRICT


@register(Tags.security, deploy=True)
def check_levels(**_kwargs: Any) -> list[CheckMessage]:
    """Check the schema, and only then what the tables say."""
    return _schema() or _profile()


@register(Tags.security, deploy=True)
def check_authenticators(**_kwargs: Any) -> list[CheckMessage]:
    """Check that somebody vouches for keys, and that news of them is not old."""
    try:
        models = list(AuthenticatorModel.objects.values_list("next_update", flat=True))
    except DatabaseError:
        return []  # the schema has a check of its own
    if not models:
        return [
            CheckWarning(
                "Every passkey counts as software: no attestation root is pinned.",
                hint="load_authenticator_metadata, if keys in hardware are to count for more.",
                id="idp.W006",
            )
        ]
    due = min((day for day in models if day), default=date.max)
    if due >= timezone.now().date():
        return []
    return [
        CheckWarning(
            f"What is known of authenticators is old: the next metadata was due on {due}.",
            hint="load_authenticator_metadata with the new BLOB: it may revoke a model.",
            id="idp.W007",
        )
    ]


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
