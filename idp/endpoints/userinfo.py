"""Userinfo endpoint, in JSON or as a JWT. OpenID Connect Core 5.3; errors as RFC 6750 3 says."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from idp.endpoints.cors import shared
from idp.oauth.server import NO_STORE
from idp.oauth.userinfo import presented_token
from idp.oauth.userinfo import userinfo as claims_for
from idp.protocol.errors import ErrorCode, ProtocolError

_STATUS = {ErrorCode.INVALID_TOKEN: 401, ErrorCode.INSUFFICIENT_SCOPE: 403}


@shared
@csrf_exempt
@require_http_methods(["GET", "POST"])
def userinfo(request: HttpRequest) -> HttpResponse:
    """Return the claims that the access token opens."""
    try:
        value = presented_token(request)
        if not value:
            return HttpResponse(status=401, headers=NO_STORE | {"WWW-Authenticate": "Bearer"})
        found = claims_for(value)
        if isinstance(found, str):
            return HttpResponse(found, content_type="application/jwt", headers=NO_STORE)
        return JsonResponse(found, headers=NO_STORE)
    except ProtocolError as error:
        challenge = f'Bearer error="{error.code}", error_description="{error.description}"'
        return JsonResponse(
            {"error": error.code, "error_description": error.description},
            status=_STATUS.get(error.code, 400),
            headers=NO_STORE | {"WWW-Authenticate": challenge},
        )
