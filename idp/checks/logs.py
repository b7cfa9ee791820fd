"""Logs of security events of a deployment: kept by the database, anchored elsewhere. R-9.1-7."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError

from idp import append_only
from idp.policy import get_policy


@register(Tags.security, deploy=True)
def check_anchors(**_kwargs: Any) -> list[CheckMessage]:
    """Check that the logs' ends are written down where whoever has the state has not."""
    policy = get_policy()
    file = Path(policy.anchor_file) if policy.anchor_file else None
    if policy.anchor_url or (file and Path(settings.STATE_DIR) not in file.resolve().parents):
        return []
    return [
        Error(
            "Where the security events end is written down beside the secret key only: "
            "whoever puts back an older state is not found out.",
            hint="COUNTERSIGN_ANCHOR_URL, or COUNTERSIGN_ANCHOR_FILE on another machine's disk.",
            id="idp.E030",
        )
    ]


@register(Tags.security, deploy=True)
def check_append_only(**_kwargs: Any) -> list[CheckMessage]:
    """Check that the databases refuse to change what was recorded."""
    try:
        tables = append_only.unprotected()
    except DatabaseError:  # idp.E024 and idp.E025 say why
        return []
    return [
        Error(
            f"Rows of {table} can be changed.",
            hint="python manage.py migrate makes its triggers anew; find out who dropped them.",
            id="idp.E031",
        )
        for table in tables
    ]
