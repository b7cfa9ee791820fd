"""The administrator's window: people and clients are edited, all else is only looked at. STYLE 15.

OIDC.md C7, L3: a client's secret is shown once, when it is made; tokens and keys never.
"""

from __future__ import annotations

from itertools import chain
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminURLInputWidget

from idp.authentication import session
from idp.models import (
    Client,
    Consent,
    Grant,
    Passkey,
    SecurityEvent,
    Session,
    SigningKey,
    User,
)
from idp.tasks import deliver_soon

admin.site.unregister(Group)  # nothing here is granted by groups


class Lines(forms.CharField):
    """A list of texts, one on each line."""

    widget = UnfoldAdminTextareaWidget

    def prepare_value(self, value: Any) -> Any:
        """Show a list as lines."""
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        """Read lines; empty ones do not count."""
        return [line.strip() for line in (value or "").splitlines() if line.strip()]


def _web_address() -> forms.URLField:
    return forms.URLField(required=False, assume_scheme="https", widget=UnfoldAdminURLInputWidget)


class ClientForm(forms.ModelForm):  # type: ignore[type-arg]
    """A client; which scopes and URIs it may have is checked by the model."""

    redirect_uris = Lines(help_text="One on each line. Compared character by character.")
    post_logout_redirect_uris = Lines(required=False)
    grant_types = Lines(help_text="authorization_code, refresh_token")
    default_acr_values = Lines(required=False, help_text="In order of preference.")
    logo_uri = _web_address()
    policy_uri = _web_address()
    tos_uri = _web_address()

    class Meta:
        model = Client
        fields = (
            "name",
            "client_id",
            "is_active",
            "application_type",
            "token_endpoint_auth_method",
            "grant_types",
            "redirect_uris",
            "post_logout_redirect_uris",
            "scope",
            "require_pkce",
            "skip_consent",
            "id_token_signed_response_alg",
            "default_acr_values",
            "minimum_acr",
            "default_max_age",
            "logo_uri",
            "policy_uri",
            "tos_uri",
        )


@admin.register(Client)
class ClientAdmin(ModelAdmin):
    """Registered clients."""

    form = ClientForm
    list_display = ("name", "client_id", "token_endpoint_auth_method", "is_active")
    list_filter = ("is_active", "application_type")
    search_fields = ("client_id", "name")
    actions = ("give_new_secret",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Keep the identifier: tokens and relying parties know it."""
        return ("client_id",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Client, form: Any, change: Any) -> None:
        """Make the secret of a new confidential client."""
        if not change and not obj.is_public:
            request.META["countersign.secret"] = obj.new_secret()
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: Client, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the secret, this once."""
        if secret := request.META.get("countersign.secret"):
            return self._show(request, {obj: secret})
        response: HttpResponse = super().response_add(request, obj, post_url_continue)
        return response

    @admin.action(description="Give a new secret", permissions=["change"])
    def give_new_secret(self, request: HttpRequest, queryset: QuerySet[Client]) -> HttpResponse:
        """Replace secrets; the old ones stop working."""
        made = {client: client.new_secret() for client in queryset if not client.is_public}
        for client in made:
            client.save(update_fields=["secret_sha256"])
            self.log_change(request, client, "A new secret was given.")
        return self._show(request, made)

    def _show(self, request: HttpRequest, made: dict[Client, str]) -> HttpResponse:
        context = self.admin_site.each_context(request) | {
            "title": "Client secrets",
            "made": made.items(),
        }
        response = TemplateResponse(request, "admin/idp/client/secrets.html", context)
        response["Cache-Control"] = "no-store"
        return response


@admin.register(User)
class PersonAdmin(DjangoUserAdmin, ModelAdmin):  # type: ignore[type-arg]
    """People."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "first_name", "last_name", "is_active", "is_staff")
    readonly_fields = ("subject", "last_login", "date_joined")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password", "subject")}),
        ("Claims", {"fields": ("first_name", "last_name", "email", "claims")}),
        ("Access", {"fields": ("is_active", "is_staff", "is_superuser")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )


class Window(ModelAdmin):
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


@admin.register(SigningKey)
class SigningKeyAdmin(Window):
    """Signing keys; `manage.py rotate_keys` makes the next ones."""

    list_display = ("kid", "algorithm", "number", "activates_at", "retires_at")
    fields = (
        "kid",
        "algorithm",
        "number",
        "public_jwk",
        "created_at",
        "activates_at",
        "retires_at",
    )


@admin.register(Grant)
class GrantAdmin(Window):
    """What people gave to clients."""

    list_display = ("id", "user", "client", "scope", "acr", "created_at", "revoked_at")
    list_filter = ("client", "acr")
    list_select_related = ("user", "client")
    search_fields = ("user__username", "user__subject")
    actions = ("revoke",)

    @admin.action(description="Revoke", permissions=["end"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Grant]) -> None:
        """Stop every token of the grants."""
        count = Grant.objects.filter(pk__in=queryset).revoke()
        messages.success(request, f"{count} grants revoked.")


@admin.register(Session)
class SessionAdmin(Window):
    """Sessions of people's browsers."""

    list_display = ("id", "user", "created_at", "expires_at", "ended_at")
    list_select_related = ("user",)
    search_fields = ("user__username", "user__subject")
    fields = ("id", "user", "created_at", "expires_at", "ended_at")
    actions = ("end",)

    @admin.action(description="End", permissions=["end"])
    def end(self, request: HttpRequest, queryset: QuerySet[Session]) -> None:
        """Sign the people out of these browsers."""
        ended = [notices for one in queryset if (notices := session.end(one)) is not None]
        deliver_soon(chain.from_iterable(ended))
        messages.success(request, f"{len(ended)} sessions ended.")


@admin.register(Consent)
class ConsentAdmin(Window):
    """What people agreed to."""

    list_display = ("user", "client", "scope", "granted_at")
    list_select_related = ("user", "client")


@admin.register(Passkey)
class PasskeyAdmin(Window):
    """Passkeys of people."""

    list_display = ("name", "user", "backup_eligible", "possession", "created_at", "last_used_at")
    list_select_related = ("user",)
    fields = ("name", "user", "backup_eligible", "possession", "enrolment", "created_at")


@admin.register(SecurityEvent)
class SecurityEventAdmin(Window):
    """What happened."""

    list_display = ("at", "kind", "subject", "client_id")
    list_filter = ("kind",)
    search_fields = ("subject", "client_id")
    date_hierarchy = "at"
