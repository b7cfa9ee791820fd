"""Which browser this is: a cookie whose hash binds interactions and captures to it.

OIDC.md A19 (an interaction does not move to another browser), G5 (cookie attributes).
"""

from __future__ import annotations

import ipaddress
from datetime import timedelta
from functools import cache

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from idp.contract import BROWSER_COOKIE
from idp.policy import get_policy
from idp.protocol import network_address, opaque
from idp.protocol.network_address import Network

COOKIE_LIFETIME = timedelta(days=180)
"""Long, so that a browser known to an account keeps its own sign-in budget (throttle.py)."""

_NEW = "countersign.new_browser"


class SeeOther(HttpResponseRedirect):
    """303: the next request is a GET, whatever this one was. RFC 9700 4.12."""

    status_code = 303


def known(request: HttpRequest) -> str:
    """Return the SHA-256 of the browser's cookie, or an empty string without one."""
    value = request.COOKIES.get(get_policy().cookie_name(BROWSER_COOKIE), "")
    return opaque.digest(value) if value else ""


def identify(request: HttpRequest) -> str:
    """Return the browser's hash; a browser without a cookie gets one with the response."""
    if found := known(request):
        return found
    value = request.META.setdefault(_NEW, opaque.new())
    return opaque.digest(value)


def remember(request: HttpRequest, response: HttpResponse) -> None:
    """Set the cookie that `identify` drew in this request, if it drew one."""
    if value := request.META.get(_NEW):
        set_cookie(response, BROWSER_COOKIE, value, max_age=COOKIE_LIFETIME)


def set_cookie(
    response: HttpResponse, base: str, value: str, *, max_age: timedelta | None = None
) -> None:
    """Set a cookie as the checklist asks: HttpOnly, Lax, host only, Secure on https."""
    policy = get_policy()
    response.set_cookie(
        policy.cookie_name(base),
        value,
        max_age=max_age,
        httponly=True,
        secure=policy.secure,
        samesite="Lax",
    )


def address(request: HttpRequest) -> str:
    """Return the network address to count attempts by. OIDC.md G10."""
    return network_address.unit(
        network_address.forwarded_for(
            peer=request.META.get("REMOTE_ADDR", ""),
            chain=request.headers.get("X-Forwarded-For", ""),
            proxies=_proxies(get_policy().trusted_proxies),
        )
    )


@cache
def _proxies(networks: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(text.strip()) for text in networks)
