"""Registered clients: edited here, judged by the rules of registration. OIDC.md A4, C7, L2.

A client that registered itself keeps changing itself until an administrator takes it over.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet, TextField
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.decorators import display

from idp.admin import client_changes
from idp.admin.client_connection import connection
from idp.admin.client_fieldsets import FIELDSETS, STORED
from idp.admin.client_filters import Origin, Posture, State, Weakness
from idp.admin.client_form import ClientForm
from idp.admin.client_questions import CHOICES, NEEDS, Questions, filled_in
from idp.admin.window import Audited, tell
from idp.authentication.browser import SeeOther
from idp.models import Client, ClientChange
from idp.oauth import acr_aliases, client_posture, clients
from idp.oauth import client_changes as shared
from idp.oauth.client_changes import ChangeError
from idp.protocol.posture import Verdict

_WAITS = "countersign.client_change"
_SECRET = "countersign.secret"  # noqa: S105 - where it waits for the answer

_LONGEST_SHOWN = 24


@admin.register(Client)
class ClientAdmin(Audited):
    """Registered clients."""

    form = ClientForm
    change_form_template = "admin/idp/client_form.html"
    exports = True
    list_display = ("name", "identifier", "verdict", "method", "origin", "active")
    list_filter = (
        Posture,
        Weakness,
        Origin,
        State,
        "application_type",
        "token_endpoint_auth_method",
    )
    search_fields = ("client_id", "name", "addresses")
    search_help_text = "Name, client ID or redirect URI"
    ordering = ("name",)
    actions = ("give_new_secret", "take_over")
    warn_unsaved_form = True
    readonly_fields = ("registered_by", "created_at", "findings", "connection")
    fieldsets = FIELDSETS

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Ask what is added first; the answers fill in the form."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        questions = Questions.of(request)
        if request.method == "GET" and not questions.is_valid():
            return self._page(
                request,
                "client_questions",
                title="Add client",
                questions=questions,
                choices=CHOICES,
                needs=[need._asdict() | {"checked": need.value in request.GET} for need in NEEDS],
            )
        if request.method == "GET" and questions.answers:
            for sentence in questions.answers.advice():
                messages.info(request, sentence)
        # Whatever is pressed, the next page has the secret.
        one_way = {"show_save_and_add_another": False, "show_save_and_continue": False}
        shown = (extra_context or {}) | one_way
        response: HttpResponse = super().add_view(request, form_url, shown)
        return response

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Return what follows from the answers."""
        answers = Questions.of(request).answers
        return filled_in(answers) if answers else {}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Client]:
        """Return clients that can be found by where they send people back to."""
        found: QuerySet[Client] = super().get_queryset(request)
        return found.annotate(addresses=Cast("redirect_uris", TextField()))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show how a stored client stands and is connected, around what can be changed."""
        posture = ("Posture", {"classes": ("tab",), "fields": ("findings",)})
        connect = ("Connect", {"classes": ("tab",), "fields": ("connection",)})
        (title, first), *others = super().get_fieldsets(request, obj)
        if not obj:
            return ((title, first), *others)
        known = (title, {**first, "fields": (*first["fields"], *STORED)})
        return (known, posture, *others, connect)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Keep the identifier: tokens and relying parties know it."""
        return (*self.readonly_fields, *(("client_id",) if obj else ()))

    def save_model(self, request: HttpRequest, obj: Client, form: Any, change: Any) -> None:
        """Save what one person may; the rest waits for somebody else where two have to agree.

        The secret that the method needs and has not is made; one that it does not use, forgotten.
        """
        held = client_changes.hold_back(obj) if shared.are_shared() else {}
        request.META[_SECRET] = obj.settle_secret()
        acr_aliases.hold(obj.default_acr_values, obj)
        super().save_model(request, obj, form, change)
        clients.forget(obj.client_id)
        if held:
            self._propose(request, obj, held)

    def _propose(self, request: HttpRequest, client: Client, held: dict[str, Any]) -> None:
        try:
            made = shared.propose(client, held, by=request.user.get_username())
        except ChangeError as error:
            messages.error(request, str(error))
            made = client.changes.get(state=ClientChange.State.PROPOSED)
        else:
            messages.warning(request, "Nothing of this counts before somebody else approves it.")
        request.META[_WAITS] = made

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """Record what was done; a proposal has a record of its own."""
        if _WAITS in request.META:
            message = "What one person may; the rest waits for somebody else."
        return super().log_change(request, obj, message)

    def response_add(
        self, request: HttpRequest, obj: Client, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the secret, this once, with all that whoever builds the application needs."""
        names = (
            f"{self.opts.app_label}_{self.opts.model_name}_{page}"
            for page in ("change", "changelist")
        )
        change, back = (f"admin:{name}" for name in names)
        return self._page(
            request,
            "client_registered",
            title=f"{obj.name} is registered",
            secret=request.META[_SECRET],
            waits=_WAITS in request.META,
            report=client_posture.report(obj),
            change=reverse(change, args=[obj.pk]),
            back=reverse(back),
            **connection(obj),
        )

    def response_change(self, request: HttpRequest, obj: Client) -> HttpResponse:
        """Show the secret that another method has made necessary, this once."""
        if waits := request.META.get(_WAITS):
            return SeeOther(reverse("admin:idp_clientchange_change", args=[waits.pk]))
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

    @admin.display(description="connect the application")
    def connection(self, client: Client) -> str:
        """Return addresses and code for whoever builds the application."""
        return render_to_string("admin/idp/connection.html", connection(client))

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

    def _page(self, request: HttpRequest, template: str, **shown: Any) -> HttpResponse:
        context = self.admin_site.each_context(request) | {"opts": self.opts} | shown
        response = TemplateResponse(request, f"admin/idp/{template}.html", context)
        response["Cache-Control"] = "no-store"
        return response
