"""A small stand-in for the authorization endpoint, so that the pages are tested by themselves.

It asks what its query says and prints what it would issue; the real one is tested with OAuth.
"""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse, JsonResponse
from django.urls import include, path

from idp.authentication import dispatcher, session
from idp.endpoints.pages import interaction_page
from idp.models import Client
from idp.protocol.interaction import Ask, Issue, Refuse


def authorize(request):
    parameters = {**request.GET.dict(), **request.POST.dict()}
    return _answer(request, parameters, None)


@interaction_page
def continue_(request, interaction):
    return _answer(request, interaction.parameters, interaction)


def _answer(request, parameters, interaction):
    client = Client.objects.get(client_id=parameters["client_id"])
    max_age = parameters.get("max_age")
    ask = Ask(
        acr_values=tuple(parameters.get("acr_values", "").split()),
        acr_essential="essential" in parameters,
        max_age=None if max_age is None else timedelta(seconds=int(max_age)),
        prompt=frozenset(parameters.get("prompt", "").split()),
        scope=frozenset(parameters.get("scope", "").split()),
        client_name=client.name,
        skip_consent=client.skip_consent,
    )
    step = dispatcher.next_step(
        request,
        ask,
        kind="authorize",
        client=client,
        parameters=parameters,
        interaction=interaction,
    )
    match step:
        case Issue():
            state = session.current(request)
            return JsonResponse(
                {
                    "acr": step.acr,
                    "amr": step.amr,
                    "auth_time": step.auth_time.timestamp(),
                    "sub": state.user.subject,
                    "sid": str(state.session.pk),
                }
            )
        case Refuse():
            return JsonResponse({"error": step.error})
    return step


urlpatterns = [
    path("authorize", authorize),
    path("interaction/<uuid:interaction_id>/continue", continue_),
    path("", include("idp.endpoints.interaction_urls")),
    path("elsewhere", lambda _request: HttpResponse("elsewhere")),
]
