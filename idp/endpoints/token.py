"""Token, introspection and revocation endpoint. RFC 6749 3.2; RFC 7662; RFC 7009; OIDC.md B12."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from idp.endpoints.cors import shared
from idp.oauth import server


@shared
@csrf_exempt
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """Exchange a code, a refresh token or a client's own authentication."""
    return server.create_token_response(request)


@csrf_exempt
@require_POST
def introspect(request: HttpRequest) -> HttpResponse:
    """Tell a client about an access token."""
    return server.create_introspection_response(request)


@shared
@csrf_exempt
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """Take a token back from a client."""
    return server.create_revocation_response(request)
