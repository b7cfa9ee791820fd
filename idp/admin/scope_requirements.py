"""What a scope takes, whatever a request says. OIDC.md 6.2, L2."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminSelectWidget

from idp.admin.window import Audited
from idp.models import ScopeRequirement
from idp.policy import get_policy


class ScopeRequirementForm(forms.ModelForm):  # type: ignore[type-arg]
    """A scope and the least that it takes."""

    minimum_acr = forms.ChoiceField(
        label="Minimum acr",
        widget=UnfoldAdminSelectWidget,
        help_text="A floor that no request can lower. Clients without a person are refused.",
    )

    class Meta:
        model = ScopeRequirement
        fields = ("scope", "minimum_acr")
        help_texts = {"scope": "One scope, as clients ask for it."}

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer the values of this deployment, and what is stored."""
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        if field := fields.get("minimum_acr"):
            values = dict.fromkeys((*get_policy().acr_values, self.instance.minimum_acr))
            field.choices = [("", "choose"), *((one, one) for one in values if one)]


@admin.register(ScopeRequirement)
class ScopeRequirementAdmin(Audited):
    """What a scope takes."""

    form = ScopeRequirementForm
    list_display = ("scope", "minimum_acr")
    search_fields = ("scope",)
    actions = None

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Keep the scope: another one is another row."""
        return ("scope",) if obj else ()
