"""What the protected resource says of itself, so that a client finds the provider. RFC 9728.

The levels that a transfer needs are not in it: RFC 9728 has no member for them, a client
learns them from the challenge (RFC 9470 3).
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from rp_demo.deployment import get_deployment

WELL_KNOWN = "/.well-known/oauth-protected-resource"


def url_of(resource_url: str) -> str:
    """Return where a resource's metadata are: its path stands behind the name. RFC 9728 3.1."""
    parts = urlsplit(resource_url)
    return parts._replace(path=WELL_KNOWN + parts.path, query="", fragment="").geturl()


@require_safe
def resource_metadata(_request: HttpRequest) -> JsonResponse:
    """Return the metadata of the resource that carries out transfers. RFC 9728 2 and 3.2."""
    deployment = get_deployment()
    document = {
        "resource": deployment.resource_url,
        "authorization_servers": [deployment.registration.issuer],
        "scopes_supported": ["openid"],
        "bearer_methods_supported": ["header"],
        "resource_name": "Northwind Bank transfers",
    }
    # Public, and read by clients in the browser (RFC 9728 3.1).
    headers = {"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"}
    return JsonResponse(document, headers=headers)
