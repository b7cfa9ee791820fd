"""Registered clients: edited here, judged by the rules of registration. OIDC.md A4, C7, L2.

A client that registered itself keeps changing itself until an administrator takes it over.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from unfold.decorators import display

from idp.admin.client_filters import Origin, Posture, Weakness
from idp.admin.client_form import ClientForm
from idp.admin.window import Audited, tell
from idp.models import Client
from idp.oauth import client_posture, clients
from idp.protocol.posture import Verdict

_SECRET = "countersign.secret"  # noqa: S105 - where it waits for the answer

_LONGEST_SHOWN = 24


@admin.register(Client)
class ClientAdmin(Audited):
    """Registered clients."""

    form = ClientForm
    list_display = ("name", "identifier", "verdict", "method", "origin", "active")
    list_filter = (
        Posture,
        Weakness,
        Origin,
        "is_active",
        "application_type",
        "token_endpoint_auth_method",
    )
    search_fields = ("client_id", "name")
    actions = ("give_new_secret", "take_over")
    warn_unsaved_form = True
    readonly_fields = ("registered_by", "created_at", "findings")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("name", "client_id"),
                    ("application_type", "is_active"),
                    ("registered_by", "created_at"),
                )
            },
        ),
        (
            "Flows",
            {
                "classes": ("tab",),
                "fields": (
                    "redirect_uris",
                    "grant_types",
                    "response_types",
                    "scope",
                    "require_pkce",
                ),
            },
        ),
        (
            "Authentication",
            {
                "classes": ("tab",),
                "fields": (
                    ("token_endpoint_auth_method", "token_endpoint_auth_signing_alg"),
                    "jwks_uri",
                    "jwks",
                ),
            },
        ),
        (
            "Requests",
            {
                "classes": ("tab",),
                "fields": (
                    "request_object_signing_alg",
                    "require_signed_request_object",
                    "request_uris",
                    "initiate_login_uri",
                ),
            },
        ),
        (
            "Tokens",
            {
                "classes": ("tab",),
                "fields": (
                    "access_token_format",
                    "id_token_signed_response_alg",
                    ("id_token_encrypted_response_alg", "id_token_encrypted_response_enc"),
                    "userinfo_signed_response_alg",
                    ("userinfo_encrypted_response_alg", "userinfo_encrypted_response_enc"),
                    "introspection_signed_response_alg",
                    (
                        "introspection_encrypted_response_alg",
                        "introspection_encrypted_response_enc",
                    ),
                ),
            },
        ),
        (
            "People",
            {
                "classes": ("tab",),
                "fields": (
                    "minimum_acr",
                    "default_acr_values",
                    ("default_max_age", "require_auth_time"),
                    "skip_consent",
                    "subject_type",
                    "sector_identifier_uri",
                ),
            },
        ),
        (
            "Logout",
            {
                "classes": ("tab",),
                "fields": (
                    "post_logout_redirect_uris",
                    "backchannel_logout_uri",
                    "backchannel_logout_session_required",
                    "frontchannel_logout_uri",
                    "frontchannel_logout_session_required",
                ),
            },
        ),
        (
            "About",
            {
                "classes": ("tab",),
                "fields": (
                    ("client_uri", "logo_uri"),
                    ("policy_uri", "tos_uri"),
                    "contacts",
                    ("software_id", "software_version"),
                ),
            },
        ),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show how a stored client stands, before everything that can be changed."""
        posture = ("Posture", {"classes": ("tab",), "fields": ("findings",)})
        first, *others = super().get_fieldsets(request, obj)
        return (first, posture, *others) if obj else (first, *others)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Keep the identifier: tokens and relying parties know it."""
        return (*self.readonly_fields, *(("client_id",) if obj else ()))

    def save_model(self, request: HttpRequest, obj: Client, form: Any, change: Any) -> None:
        """Make the secret that the method needs and has not; forget one that it does not use."""
        request.META[_SECRET] = obj.settle_secret()
        super().save_model(request, obj, form, change)
        clients.forget(obj.client_id)

    def response_add(
        self, request: HttpRequest, obj: Client, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the secret, this once."""
        if secret := request.META[_SECRET]:
            return self._show(request, {obj: secret})
        response: HttpResponse = super().response_add(request, obj, post_url_continue)
        return response

    def response_change(self, request: HttpRequest, obj: Client) -> HttpResponse:
        """Show the secret that another method has made necessary, this once."""
        if secret := request.META[_SECRET]:
            return self._show(request, {obj: secret})
        response: HttpResponse = super().response_change(request, obj)
        return response

    @admin.action(description="Give a new secret", permissions=["change"])
    def give_new_secret(
        self, request: HttpRequest, queryset: QuerySet[Client]
    ) -> HttpResponse | None:
        """Replace secrets; the old ones stop working."""
        made = {client: client.new_secret() for client in queryset if client.has_secret}
        if not made:
            messages.warning(request, "None of these clients authenticates with a secret.")
            return None
        for client in made:
            client.save(update_fields=["secret_sha256", "sealed_secret"])
            clients.forget(client.client_id)
            self.log_change(request, client, "A new secret was given.")
        return self._show(request, made)

    @admin.action(description="Take over: checked, changes itself no more", permissions=["change"])
    def take_over(self, request: HttpRequest, queryset: QuerySet[Client]) -> None:
        """Vouch for clients that registered themselves: their registration tokens end."""
        taken = list(queryset.exclude(registration_token_sha256=""))
        for client in taken:
            client.registration_token_sha256 = ""
            client.save(update_fields=["registration_token_sha256"])
            clients.forget(client.client_id)
            tell(request, "taken_over", client)
        messages.success(request, f"{len(taken)} clients taken over.")

    @admin.display(description="client ID", ordering="client_id")
    def identifier(self, client: Client) -> str:
        """Return the identifier, cut where it was drawn at random."""
        found = client.client_id
        return found if len(found) <= _LONGEST_SHOWN else f"{found[:_LONGEST_SHOWN]}…"

    @admin.display(description="authentication", ordering="token_endpoint_auth_method")
    def method(self, client: Client) -> str:
        """Return how it authenticates, by the word of the specification."""
        return client.token_endpoint_auth_method

    @display(  # type: ignore[untyped-decorator]
        description="registered by", label={"itself": "warning", "an administrator": "success"}
    )
    def origin(self, client: Client) -> str:
        """Return who answers for what the client says of itself."""
        return "itself" if client.is_self_registered else "an administrator"

    @display(  # type: ignore[untyped-decorator]
        description="posture",
        label={Verdict.OK: "success", Verdict.NOTES: "info", Verdict.WARNINGS: "danger"},
    )
    def verdict(self, client: Client) -> str:
        """Return how it stands against good practice, in one word. RFC 9700."""
        return client_posture.report(client).verdict

    @admin.display(description="posture")
    def findings(self, client: Client) -> str:
        """Return what could be better, and how. RFC 9700; FAPI 2.0."""
        return render_to_string("admin/idp/posture.html", {"report": client_posture.report(client)})

    @admin.display(description="active", boolean=True, ordering="is_active")
    def active(self, client: Client) -> bool:
        """Return whether it may do anything at all."""
        return client.is_active

    @admin.display(description="registered by")
    def registered_by(self, client: Client) -> str:
        """Return who registered it, and with which token."""
        by = client.registered_with
        return f"{self.origin(client)}, with “{by.name}”" if by else self.origin(client)

    def _show(self, request: HttpRequest, made: dict[Client, str]) -> HttpResponse:
        shown = [(f"{client.name} ({client.client_id})", made[client]) for client in made]
        return self.shown_once(request, "Client secret", shown)
