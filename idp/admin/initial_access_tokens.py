"""Initial access tokens: shown once, revoked by an action. RFC 7591 3; OIDC.md C7, L4."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.decorators import display

from idp.admin.window import Audited, tell
from idp.models import InitialAccessToken

USUAL_LIFETIME = timedelta(days=7)
_VALUE = "countersign.initial_access_token"


class InitialAccessTokenForm(forms.ModelForm):  # type: ignore[type-arg]
    """Whom it is for, and for how much."""

    class Meta:
        model = InitialAccessToken
        fields = ("name", "uses_left", "expires_at")
        labels = {"uses_left": "Registrations"}
        help_texts = {
            "name": "Whom it is for.",
            "uses_left": "How many clients may register with it. Empty: any number.",
        }


@admin.register(InitialAccessToken)
class InitialAccessTokenAdmin(Audited):
    """Permissions to register clients: made and revoked, never edited."""

    list_display = ("name", "state", "uses_left", "clients", "created_at", "expires_at")
    search_fields = ("name",)
    form = InitialAccessTokenForm
    actions = ("revoke",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[InitialAccessToken]:
        """Return the tokens with how many clients came with each."""
        found: QuerySet[InitialAccessToken] = super().get_queryset(request)
        return found.annotate(registered=Count("clients"))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Offer one way to save: the value is what follows."""
        one_way = {"show_save_and_add_another": False, "show_save_and_continue": False}
        response: HttpResponse = super().add_view(request, form_url, one_way)
        return response

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Suggest a week."""
        return {"expires_at": timezone.now() + USUAL_LIFETIME, "uses_left": 1}

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: what was permitted is not widened later."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: clients refer to it."""
        return False

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Ask for the change permission itself."""
        return request.user.has_perm("idp.change_initialaccesstoken")

    def save_model(
        self, request: HttpRequest, obj: InitialAccessToken, form: Any, change: Any
    ) -> None:
        """Make the value."""
        request.META[_VALUE] = obj.new_value()
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: InitialAccessToken, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the value, this once."""
        return self.shown_once(request, "Initial access token", [(obj.name, request.META[_VALUE])])

    @admin.action(description="Revoke", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[InitialAccessToken]) -> None:
        """Let nobody register with these any more; clients that did stay."""
        tokens = list(queryset)
        InitialAccessToken.objects.filter(pk__in=[token.pk for token in tokens]).revoke()
        for token in tokens:
            tell(request, "revoked", token)
        messages.success(request, f"{len(tokens)} tokens revoked.")

    @display(  # type: ignore[untyped-decorator]
        description="state",
        label={"usable": "success", "revoked": "danger", "expired": "info", "used up": "info"},
    )
    def state(self, token: InitialAccessToken) -> str:
        """Return whether it still opens."""
        if not token.is_active:
            return "revoked"
        if token.expires_at <= timezone.now():
            return "expired"
        return "used up" if token.uses_left == 0 else "usable"

    @admin.display(description="clients", ordering="registered")
    def clients(self, token: Any) -> int:
        """Return how many clients came with it."""
        count: int = token.registered
        return count
