"""Discovery. OpenID Connect Discovery 1.0 4; RFC 8414 3."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from idp.keys import JWKS_LIFETIME
from idp.oauth import server

CACHED = {"Cache-Control": f"public, max-age={int(JWKS_LIFETIME.total_seconds())}"}


@require_safe
def configuration(_request: HttpRequest) -> HttpResponse:
    """Return the provider's metadata."""
    return JsonResponse(server.discovery_document(), headers=CACHED)
