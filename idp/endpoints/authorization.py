"""Authorization endpoint. OpenID Connect Core 3.1.2; RFC 6749 3.1; OIDC.md A, G4.

The one place where the protocol (`idp.oauth`) and the person (`idp.authentication`) meet.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from idp.authentication import browser, dispatcher, session
from idp.authentication.browser import SeeOther
from idp.authentication.interactions import InteractionError
from idp.endpoints.pages import error_page, interaction_page
from idp.endpoints.presentation import present
from idp.models import Interaction
from idp.oauth import server
from idp.oauth.authorization_request import AuthorizationError, AuthorizationRequest
from idp.protocol.interaction import Issue, Refuse


@csrf_exempt  # a client sends the browser here from its own pages (Core 3.1.2.1)
@never_cache
@require_http_methods(["GET", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """Answer an authorization request, or send the person to what it needs first."""
    try:
        response = _answer(request, server.validate_authorization_request(request), None)
    except AuthorizationError as error:
        response = _refuse(request, error)
    except InteractionError as error:
        response = error_page(
            request, status=error.status, title=error.title, message=error.message
        )
    browser.remember(request, response)
    return response


@require_safe
@interaction_page
def proceed(request: HttpRequest, interaction: Interaction) -> HttpResponse:
    """Take up the request that an interaction has kept: the same code, once."""
    if interaction.kind != Interaction.Kind.AUTHORIZE:
        return SeeOther(dispatcher.continue_path(interaction))
    try:
        asked = server.rebuild_authorization_request(interaction.parameters)
    except AuthorizationError as error:  # the client was changed meanwhile
        return _refuse(request, error)
    return _answer(request, asked, interaction)


def _answer(
    request: HttpRequest, asked: AuthorizationRequest, interaction: Interaction | None
) -> HttpResponse:
    present(request, asked.parameters)
    step = dispatcher.next_step(
        request,
        asked.ask,
        kind=Interaction.Kind.AUTHORIZE,
        client=asked.client,
        parameters=asked.parameters,
        interaction=interaction,
    )
    match step:
        case Issue() if current := session.current(request):
            return server.create_authorization_response(
                request,
                asked,
                step,
                current.session,
                browser_state=session.browser_state(current.session),
            )
        case Issue():  # decided by a session's events, so there is one
            raise AssertionError
        case Refuse():
            return server.error_redirect(request, asked.reply, step.error, step.description)
        case response:
            return response


def _refuse(request: HttpRequest, error: AuthorizationError) -> HttpResponse:
    if error.reply is not None:
        present(request, {**request.GET.dict(), **request.POST.dict()})
        return server.error_redirect(request, error.reply, error.code, error.description)
    return error_page(
        request,
        status=400,
        title=_("This request cannot be answered"),
        message=_(
            "The application has sent you here with a request that is not safe to answer. Go "
            "back to it and try again. If it happens again, show its makers the line below."
        ),
        code=error.code,
        detail=error.description,
    )
