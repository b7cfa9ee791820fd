"""Consent page of an interaction. OpenID Connect Core 3.1.2.4; OIDC.md G1, G7."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from idp.authentication import dispatcher, interactions
from idp.authentication.browser import SeeOther
from idp.endpoints import words
from idp.endpoints.pages import client_context, interaction_page
from idp.models import Client, Consent, Interaction, User
from idp.protocol.interaction import CONSENT


@require_http_methods(["GET", "HEAD", "POST"])
@interaction_page
def consent(request: HttpRequest, interaction: Interaction) -> HttpResponse:
    """Ask whether the client may have what it asks for; both answers weigh the same."""
    owner, scope = interaction.session, interaction.step.get("scope")
    if owner is None or scope is None:
        return SeeOther(dispatcher.continue_path(interaction))
    if request.method == "POST":
        if request.POST.get("answer") == "approve":
            _grant(owner.user, interaction.client_id, set(scope))
        else:
            interactions.change(interaction, declined=[*interaction.declined, CONSENT])
        return SeeOther(dispatcher.continue_path(interaction))
    context = client_context(request, interaction) | {
        "interaction": interaction,
        "owner": owner.user.as_subject(),
        "scopes": words.scopes(scope),
    }
    return render(request, "idp/consent.html", context)


@transaction.atomic
def _grant(user: User, client_id: str, scope: set[str]) -> None:
    """Remember the consent, with what was granted before; nothing for a client that has ended."""
    client = Client.objects.filter(client_id=client_id, is_active=True).first()
    if client is None:
        return
    given, _ = Consent.objects.select_for_update().get_or_create(
        user=user, client=client, defaults={"scope": "", "granted_at": timezone.now()}
    )
    given.scope = " ".join(sorted(scope | set(given.scope.split())))
    given.granted_at = timezone.now()
    given.save(update_fields=["scope", "granted_at"])
