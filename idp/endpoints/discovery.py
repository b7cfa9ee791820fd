"""Discovery. OpenID Connect Discovery 1.0 4; RFC 8414 3; RFC 7033 (WebFinger)."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from idp.endpoints.cors import shared
from idp.keys import JWKS_LIFETIME
from idp.oauth import server
from idp.policy import get_policy
from idp.protocol import webfinger as rules

CACHED = {"Cache-Control": f"public, max-age={int(JWKS_LIFETIME.total_seconds())}"}
JRD = "application/jrd+json"


@shared
@require_safe
def configuration(_request: HttpRequest) -> HttpResponse:
    """Return the provider's metadata."""
    return JsonResponse(server.discovery_document(), headers=CACHED)


@shared
@require_safe
def configuration_of(_request: HttpRequest, issuer_path: str) -> HttpResponse:
    """Return the metadata of an issuer with a path: it stands behind the name. RFC 8414 3.1."""
    if urlsplit(get_policy().issuer).path.strip("/") != issuer_path:
        return HttpResponse(status=HTTPStatus.NOT_FOUND)
    return JsonResponse(server.discovery_document(), headers=CACHED)


@shared
@require_safe
def webfinger(request: HttpRequest) -> HttpResponse:
    """Name the issuer for an account or a page of this host, whether or not there is one."""
    issuer, asked = get_policy().issuer, request.GET.getlist("resource")
    if len(asked) != 1 or not rules.is_resource(asked[0]):
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    if not rules.is_ours(asked[0], issuer):
        return HttpResponse(status=HTTPStatus.NOT_FOUND)
    wanted = request.GET.getlist("rel") or [rules.ISSUER_REL]
    links = [{"rel": rules.ISSUER_REL, "href": issuer}] if rules.ISSUER_REL in wanted else []
    found = {"subject": asked[0], "links": links}
    return JsonResponse(found, content_type=JRD, headers=CACHED)
