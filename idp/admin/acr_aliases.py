"""Other names for `acr` values, mapped and not assessed. ASSURANCE.md, "acr"; R-B-6.

What a name means is never edited: it is taken back, which is refused while it is in use, and
given anew.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from idp.admin.window import Audited
from idp.models import AcrAlias
from idp.oauth import acr_aliases
from idp.policy import get_policy
from idp.protocol import acr_alias

_MEANING = ("name", "value", "client")


class AcrAliasForm(forms.ModelForm):  # type: ignore[type-arg]
    """A name, what it means and where; and the evidence behind a word that promises some."""

    value = forms.ChoiceField(
        label="Means",
        widget=UnfoldAdminSelectWidget,
        help_text="What has to be reached before anybody is answered with the name.",
    )

    class Meta:
        model = AcrAlias
        fields = (*_MEANING, "basis", "expires_on")
        labels = {"client": "Only for", "basis": "Evidence", "expires_on": "Holds until"}
        help_texts = {
            "name": "As applications ask for it, and as it is returned to them.",
            "client": "Empty: every application, and it is published in the metadata.",
            "basis": "For words of NIST SP 800-63 and eIDAS: who assessed what, and where the "
            "report is.",
            "expires_on": "Afterwards nobody is answered with such a word.",
        }
        widgets = {"basis": UnfoldAdminTextareaWidget(attrs={"rows": 3})}

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer the values of this deployment."""
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        if value := fields.get("value"):
            value.choices = [("", "choose"), *((one, one) for one in get_policy().acr_values)]

    def clean(self) -> dict[str, Any]:
        """Judge the name beside the others, in the transaction that stores it."""
        given: dict[str, Any] = self.cleaned_data
        row = self.instance
        if row.pk is None and {"name", "value", "client"} <= given.keys():
            row = AcrAlias(name=given["name"], value=given["value"], client=given["client"])
            if why := acr_aliases.refusal(row):
                self.add_error("name", why)
        lacking = acr_alias.evidence_refusal(
            row.name, basis=given.get("basis", ""), expires_on=given.get("expires_on")
        )
        if lacking:
            self.add_error("basis", lacking)
        return given


@admin.register(AcrAlias)
class AcrAliasAdmin(Audited):
    """Other names for `acr` values."""

    form = AcrAliasForm
    list_display = ("name", "value", "where", "state", "expires_on")
    list_display_links = ("name",)
    list_filter = ("value",)
    list_select_related = ("client",)
    search_fields = ("name", "client__name", "client__client_id")
    autocomplete_fields = ("client",)
    actions = None
    fields = (*_MEANING, "basis", "expires_on")
    change_form_outer_before_template = "admin/idp/acr_aliases.html"
    delete_confirmation_template = "admin/idp/acr_alias_delete.html"

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Offer names that are in use elsewhere; a choice fills in the form."""
        offered: dict[str, list[acr_alias.Preset]] = {}
        for preset in acr_alias.PRESETS:
            if preset.value in get_policy().acr_values:
                offered.setdefault(preset.family, []).append(preset)
        shown = (extra_context or {}) | {"presets": offered}
        response: HttpResponse = super().add_view(request, form_url, shown)
        return response

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Keep what the name means: tokens carry it."""
        return _MEANING if obj else ()

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Say what still needs the alias, which then stays."""
        with transaction.atomic():
            needed = [why for alias in objs for why in acr_aliases.uses(alias)]
        return [str(alias) for alias in objs], {}, set(), needed

    @admin.display(description="visible")
    def where(self, alias: AcrAlias) -> str:
        """Return who may use it."""
        return f"to {alias.client}" if alias.client else "everywhere"

    @display(  # type: ignore[untyped-decorator]
        description="state", label={"mapped, not assessed": "info", "expired": "danger"}
    )
    def state(self, alias: AcrAlias) -> str:
        """Return what the name is worth."""
        return "mapped, not assessed" if alias.is_in_force else "expired"
