"""Lists as CSV: what a list shows, of the rows chosen, for whoever may take it away. R-9.4-3.

One action for the lists of both applications, since both stand at one site. A list says itself
that it can be exported (`exports`), and a role has the permission; no list of people does. An
export is a security event before its first line is sent. Like every change it asks for a fresh,
strong sign-in (ADR 27).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import lookup_field
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone

from idp.models import SecurityEvent, User

_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")
_BATCH = 2_000


@admin.action(description="Export as CSV", permissions=["export"])
def export(
    page: admin.ModelAdmin[Any], request: HttpRequest, queryset: QuerySet[Any]
) -> StreamingHttpResponse:
    """Send the rows with the columns of the list, one by one: however many, never all in memory."""
    name, by = page.opts.model_name, request.user
    SecurityEvent.record(
        f"admin.{name}.exported",
        subject=by.subject if isinstance(by, User) else "",
        by=by.get_username(),
        application=page.opts.app_label,
        rows=queryset.count(),
    )
    shown = [str(column) for column in page.get_list_display(request)]
    columns = list(dict.fromkeys(("pk", *shown)))
    response = StreamingHttpResponse(
        _lines(page, columns, queryset), content_type="text/csv; charset=utf-8"
    )
    file = f"{page.opts.app_label}-{name}-{timezone.now():%Y%m%dT%H%M%SZ}.csv"
    response["Content-Disposition"] = f'attachment; filename="{file}"'
    return response


admin.site.add_action(export)


def cell(value: object) -> str:
    """Return a value as text that no spreadsheet takes for a formula.

    A person chooses the name of a device, and an administrator opens the file: OWASP, "CSV
    Injection". Moments are ISO 8601.
    """
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    text = "" if value is None else text
    return f"'{text}" if text.startswith(_FORMULAS) else text


class _Echo:
    """A file that hands each line back."""

    def write(self, line: str) -> str:
        """Return what was to be written."""
        return line


def _lines(
    page: admin.ModelAdmin[Any], columns: list[str], queryset: QuerySet[Any]
) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(columns)
    for row in queryset.iterator(chunk_size=_BATCH):
        yield writer.writerow([cell(_value(page, column, row)) for column in columns])


def _value(page: admin.ModelAdmin[Any], column: str, row: Model) -> object:
    if column == "pk":
        return row.pk
    try:
        return lookup_field(column, row, page)[2]
    except ObjectDoesNotExist:  # the list shows nothing there, either
        return None
