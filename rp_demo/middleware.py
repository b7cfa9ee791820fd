"""Headers of every page: no script at all, no frame, forms to the provider only. RFC 9700 4.16.

One page stands in a frame, and only the provider's: the front-channel logout.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class PageSecurity:
    """Add the policy. Browsers apply `form-action` to redirects too, hence the issuer there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Add the headers to whatever is answered."""
        response = self.get_response(request)
        issuer = urlsplit(settings.RP["issuer"])
        response.headers.setdefault("Cache-Control", "no-store")
        provider = f"{issuer.scheme}://{issuer.netloc}"
        if getattr(response, "xframe_options_exempt", False):
            ancestors = provider
        else:
            ancestors = "'none'"
            response.headers["X-Frame-Options"] = "DENY"
        response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
            f"form-action 'self' {provider}; frame-ancestors {ancestors}"
        )
        return response
