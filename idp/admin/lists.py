"""What every list of the provider shares. OIDC.md L3; STYLE 14, 15."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin


class Listed(ModelAdmin):
    """A list that answers by what it shows alone.

    `exports`: whether roles with the permission may take it away (the site's action "export").
    """

    exports = False
    show_full_result_count = False  # one count for a page, not two

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Allow those whose role may, where the list allows it at all."""
        name = f"{self.opts.app_label}.export_{self.opts.model_name}"
        return self.exports and request.user.has_perm(name)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Refuse the other columns: an address could find by guessing what no page shows.

        Django lets addresses filter by every column of the table, whatever the list shows.
        """
        filters = self.get_list_filter(request)
        names = (one[0] if isinstance(one, tuple) else one for one in filters)
        shown = {getattr(one, "parameter_name", one) for one in names}
        shown |= {*self.get_list_display(request), self.date_hierarchy}
        allowed: bool = super().lookup_allowed(lookup, value, request)
        return allowed and lookup.split(LOOKUP_SEP, maxsplit=1)[0] in shown


class Explained(Listed):
    """A list whose rows have something said about them, above the row itself."""

    def about(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Return what the page's template gets to say it; nothing, unless a page has more."""
        del request, row
        return {}

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the row with it."""
        row: Model | None = self.get_object(request, object_id)
        may_look = row is not None and self.has_view_permission(request, row)
        context = (extra_context or {}) | (self.about(request, row) if may_look else {})
        shown: HttpResponse = super().change_view(request, object_id, form_url, context)
        return shown
