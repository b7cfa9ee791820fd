"""Which browser this is: a cookie whose hash binds interactions and captures to it.

OIDC.md A19 (an interaction does not move to another browser), G5 (cookie attributes).
"""

from __future__ import annotations

import ipaddress
from datetime import timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from idp.contract import BROWSER_COOKIE
from idp.policy import get_policy
from idp.protocol import opaque

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
    """Return the network address to count attempts by: IPv6 by /64, IPv4 as it is.

    Only what the deployment's own proxies appended to ``X-Forwarded-For`` is believed.
    """
    text: str = request.META.get("REMOTE_ADDR", "")
    if hops := get_policy().trusted_proxies:
        chain = request.headers.get("X-Forwarded-For", "").split(",")
        text = chain[-hops].strip() if len(chain) >= hops else text
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.IPv6Network((found, 64), strict=False))
    return str(found)
