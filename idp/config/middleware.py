"""Middleware that is cheap where it is not needed, and strict where it is."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import partial
from typing import cast

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import SimpleLazyObject
from structlog.contextvars import bind_contextvars, clear_contextvars

from idp.authentication import administration
from idp.endpoints.presentation import DISPLAY
from idp.endpoints.signed_out import FRAMES
from idp.models import User

GetResponse = Callable[[HttpRequest], HttpResponseBase]
ADMIN = "/admin/"
IMAGES = "countersign.images"
"""Where a page leaves the one further origin of pictures that it shows: a client's logo."""


class NamedRequest:
    """A name for each request, in every line that is logged for it and in the answer.

    Always ours: a name that came with the request could make its lines look like another's.
    """

    def __init__(self, get_response: GetResponse) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Name it. The name stays until the thread's next: Django logs the answer after us."""
        name = secrets.token_hex(8)
        clear_contextvars()
        bind_contextvars(request_id=name)
        response = self.get_response(request)
        response.headers["X-Request-ID"] = name
        return response


class AdminSession(SessionMiddleware):
    """Sessions of contrib.sessions under the admin, and nowhere else."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass other requests by."""
        inner = super().__call__ if _admin(request) else self.get_response
        return cast("HttpResponseBase", inner(request))


class AdminAuthentication(AuthenticationMiddleware):
    """``request.user`` under the admin, and nowhere else: whose session at the provider it is."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass other requests by."""
        inner = super().__call__ if _admin(request) else self.get_response
        return cast("HttpResponseBase", inner(request))

    def process_request(self, request: HttpRequest) -> None:
        """Find the person when somebody asks."""
        person = SimpleLazyObject(partial(administration.person, request))
        request.user = cast("User | AnonymousUser", person)


class AdminMessages(MessageMiddleware):
    """Messages under the admin, and nowhere else."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass other requests by."""
        inner = super().__call__ if _admin(request) else self.get_response
        return cast("HttpResponseBase", inner(request))


class BrowserSecurity:
    """Headers that keep a page's power small. OIDC.md G2-G4; AGENT-PROTOCOL, "Page".

    A view that needs more (the camera, a form that ends at a relying party) sets the header
    itself; this one fills in what is absent. `request.csp_nonce` serves inline scripts.
    """

    def __init__(self, get_response: GetResponse) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Add the headers that the view has not set."""
        nonce = secrets.token_urlsafe(16)
        request.csp_nonce = nonce  # type: ignore[attr-defined]
        response = self.get_response(request)
        headers = response.headers
        if not getattr(response, "xframe_options_exempt", False):
            headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        headers.setdefault("Content-Security-Policy", _policy(request, nonce))
        if request.META.get(DISPLAY) == "popup":
            # The client that opened this window waits for it: an isolated one has no opener.
            headers.setdefault("Cross-Origin-Opener-Policy", "unsafe-none")
        return response


def _admin(request: HttpRequest) -> bool:
    return request.path.startswith(ADMIN)


def _policy(request: HttpRequest, nonce: str) -> str:
    if _admin(request):
        # The admin theme evaluates expressions in attributes (Alpine).
        script = "'self' 'unsafe-inline' 'unsafe-eval'"
        style = "'self' 'unsafe-inline'"
    else:
        script, style = f"'self' 'nonce-{nonce}'", "'self'"
    frames = request.META.get(FRAMES) or "'none'"
    return (
        f"default-src 'self'; script-src {script}; style-src {style}; "
        f"img-src 'self' data: {request.META.get(IMAGES, '')}; "
        f"frame-src {frames}; "
        "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    )
