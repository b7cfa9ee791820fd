"""The provider's public keys. RFC 7517 5; OpenID Connect Core 10.1.1."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from idp import keys
from idp.endpoints.cors import shared
from idp.endpoints.discovery import CACHED


@shared
@require_safe
def jwks(_request: HttpRequest) -> HttpResponse:
    """Return the key set; a new key is in it long before it signs."""
    return JsonResponse(keys.public_jwks(), headers=CACHED)
