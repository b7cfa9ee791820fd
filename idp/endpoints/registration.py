"""Client registration and its management. RFC 7591 3; RFC 7592 2; errors of tokens: RFC 6750 3.

OIDC.md L4 (initial access tokens, policy), L1 (a token manages its own client alone).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from idp.authentication import browser, throttle
from idp.oauth import json_request, registration
from idp.oauth.json_request import RequestError
from idp.oauth.server import NO_STORE
from idp.oauth.userinfo import presented_token
from idp.policy import get_policy
from idp.protocol.errors import ErrorCode, ProtocolError

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def _answering_errors(view: View[P]) -> View[P]:
    """Give `view` the answers to what the protocol refuses."""

    @wraps(view)
    def answered(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except ProtocolError as error:
            return _refusal(error, presented="HTTP_AUTHORIZATION" in request.META)

    return answered


@csrf_exempt
@require_POST
@_answering_errors
@sensitive_variables()
def register(request: HttpRequest) -> HttpResponse:
    """Register a client."""
    if get_policy().registration == "closed":
        raise RequestError(403, "Clients are registered by the administrator.")
    token = presented_token(request)
    if not token and not throttle.registration_allowed(browser.address(request)):
        raise RequestError(429, "Too many registrations from here. Try again later.")
    registration.check_initial_token(token)
    document = json_request.read(request)
    answer = registration.register(document, initial_token=token)
    return JsonResponse(answer, status=201, headers=NO_STORE)


@csrf_exempt
@require_http_methods(["GET", "PUT", "DELETE"])
@_answering_errors
@sensitive_variables()
def manage(request: HttpRequest, client_id: str) -> HttpResponse:
    """Read, replace or end a registration, with the token that came with it."""
    token = presented_token(request)
    client = registration.registered(client_id, token)
    if request.method == "DELETE":
        registration.delete(client)
        return HttpResponse(status=204, headers=NO_STORE)
    if request.method == "PUT":
        document = json_request.read(request)
        return JsonResponse(registration.change(client, token, document), headers=NO_STORE)
    return JsonResponse(registration.information(client, token), headers=NO_STORE)


def _refusal(error: ProtocolError, *, presented: bool) -> HttpResponse:
    status = error.status if isinstance(error, RequestError) else 400
    headers = dict(NO_STORE)
    if error.code == ErrorCode.INVALID_TOKEN:
        status = 401
        # Who sent nothing is told nothing but how to ask (RFC 6750 3.1).
        headers["WWW-Authenticate"] = 'Bearer error="invalid_token"' if presented else "Bearer"
    body = {"error": error.code, "error_description": error.description}
    return JsonResponse(body, status=status, headers=headers)
