"""What a form of the administration was going to do, in words, before it is sent again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms import BoundField, ModelForm
from django.http import HttpRequest, QueryDict
from django.urls import ResolverMatch

from idp.authentication.kept_forms import KeptForm
from idp.endpoints import step_up

MOST_ROWS = 20
LONGEST = 300


def headline(
    site: AdminSite, request: HttpRequest, form: KeptForm, at: ResolverMatch
) -> tuple[str, list[tuple[str, str]]]:
    """Return what is done to what, and the details: rows of an action, values of a form."""
    page, kind = step_up.page_of(site, at)
    if page is None:
        return kind.replace("_", " ").capitalize(), []
    data, called = _data(form), str(page.opts.verbose_name)
    if kind == "changelist":
        asked, actions = data.getlist("action"), page.get_actions(request)
        labels = [str(one[2]) for name in asked if (one := actions.get(name))]
        rows = [("", name) for name in _chosen(page, request, data)]
        return f"{', '.join(labels) or 'Change'}: {page.opts.verbose_name_plural}", rows
    may_look = page.has_view_permission(request)
    row = page.get_object(request, at.kwargs.get("object_id", "")) if may_look else None
    said = f"{kind.replace('_', ' ').capitalize()} {called}" + (f" “{row}”" if row else "")
    if kind == "add" and page.has_add_permission(request):
        return said, list(_values(page, request, None, data))
    if kind == "change" and row and page.has_change_permission(request, row):
        return said, list(_values(page, request, row, data))
    return said, []


def _chosen(page: ModelAdmin[Any], request: HttpRequest, data: QueryDict) -> list[str]:
    if not page.has_view_permission(request):
        return []
    try:
        rows = page.get_queryset(request).filter(pk__in=data.getlist("_selected_action"))
    except (ValidationError, ValueError):  # not even the form of a key
        return []
    return [str(row) for row in rows[:MOST_ROWS]]


def _values(
    page: ModelAdmin[Any], request: HttpRequest, row: Model | None, data: QueryDict
) -> Iterator[tuple[str, str]]:
    """Yield the label and the new value of each field that changes."""
    form: ModelForm[Model] = page.get_form(request, row, change=row is not None)(data, instance=row)
    for name in form.changed_data:
        field = form[name]
        yield str(field.label), _said(_meant(field))


def _meant(field: BoundField) -> Any:
    try:
        return field.field.clean(field.data)
    except ValidationError:
        return field.data


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Iterable) and not isinstance(value, str | dict):
        value = ", ".join(str(one) for one in value)
    text = "nothing" if value in (None, "", {}) else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _data(form: KeptForm) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, value in form.fields:
        data.appendlist(name, value)
    return data
