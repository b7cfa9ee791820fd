"""What the pages share: rows that are only looked at, and a record of what is done. OIDC.md L2."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from idp.admin.lists import Listed
from idp.models import SecurityEvent, User


def tell(request: HttpRequest, kind: str, row: Model, *, client: str = "", **details: Any) -> None:
    """Record what an administrator did to `row`: by name, never by value."""
    by = request.user
    if row._meta.model_name == "client":
        client = getattr(row, "client_id", "")
    SecurityEvent.record(
        f"admin.{row._meta.model_name}.{kind}",
        subject=by.subject if isinstance(by, User) else "",
        client=client,
        by=by.get_username(),
        row=str(row),
        **details,
    )


class Audited(Listed):
    """A page on which administrators change something: each change is a security event."""

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """Record the row."""
        tell(request, "added", obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """Record which fields were changed, not to what."""
        tell(request, "changed", obj, what=message)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """Record the rows."""
        for row in queryset:
            tell(request, "deleted", row)
        return super().log_deletions(request, queryset)

    def shown_once(
        self, request: HttpRequest, title: str, made: list[tuple[str, str]]
    ) -> HttpResponse:
        """Show values that are not shown again, each under its label. OIDC.md C7."""
        context = self.admin_site.each_context(request) | {
            "title": title,
            "made": made,
            "back": reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"),
            "opts": self.opts,
        }
        response = TemplateResponse(request, "admin/idp/shown_once.html", context)
        response["Cache-Control"] = "no-store"
        return response


class Window(Listed):
    """Rows to look at: nothing to add, change or delete."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse."""
        return False

    def has_end_permission(self, request: HttpRequest) -> bool:
        """Ask for the change permission itself: the rows cannot be edited."""
        return request.user.has_perm(f"idp.change_{self.opts.model_name}")
