"""The first page of the admin: panels of every part that the settings name. R-9.2-19.

The parts give data (`idp.contract.DashboardPanels`), this page draws it. Where one cannot speak,
the page says so and shows the others: R-9.1-2.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.module_loading import import_string

from idp.admin.charts import Drawing
from idp.contract import Chart, Fact, Facts, Panel
from idp.policy import get_policy

logger = logging.getLogger(__name__)

admin.site.index_template = "admin/idp/dashboard.html"
admin.site.index_title = "Overview"


def fill(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add the panels that this administrator may see. ``UNFOLD["DASHBOARD_CALLBACK"]``."""
    shown = list(_panels(request, timezone.now()))
    return context | {
        "facts": [one for one in shown if isinstance(one, Facts)],
        "charts": [Drawing(one) for one in shown if isinstance(one, Chart)],
    }


def _panels(request: HttpRequest, now: datetime) -> Iterable[Panel]:
    for path in get_policy().dashboard:
        yield from _told(path, request, now)


def _told(path: str, request: HttpRequest, now: datetime) -> Sequence[Panel]:
    try:
        found: Sequence[Panel] = import_string(path)(request.user.has_perm, now)
    except Exception as error:  # noqa: BLE001 - one part that fails must not hide the others
        logger.error("no panels of %s: %s", path, type(error).__name__)  # noqa: TRY400
        part = path.partition(".")[0]
        return [Facts(part, (Fact("Dashboard", "cannot be shown; see the log", "bad"),))]
    return found
