"""Pages of what two people agree on, and steps that may be refused in a sentence. R-9.1-5."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from idp.admin.lists import Explained, Listed


class Agreed(Explained):
    """Rows that are drafted and approved, and never changed or deleted."""

    change_form_outer_before_template = "admin/idp/agreement.html"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: another content is another row."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: what was decided was decided by it."""
        return False

    def has_approve_permission(self, request: HttpRequest) -> bool:
        """Allow those whose agreement counts."""
        return request.user.has_perm(f"idp.approve_{self.opts.model_name}")


def carry_out(
    page: Listed,
    request: HttpRequest,
    rows: QuerySet[Any],
    step: Callable[[int, str], object],
    *,
    refusal: type[Exception],
    called: Callable[[Any], Model | str] = str,
) -> None:
    """Take `step` with the key of each row, by this administrator, and say what came of it."""
    for row in rows:
        try:
            step(row.pk, request.user.get_username())
        except refusal as error:
            page.message_user(request, f"{called(row)}: {error}", messages.ERROR)
        else:
            page.message_user(request, f"{called(row)}: done.", messages.SUCCESS)
