"""Which answers scripts of other origins may read. Fetch Standard 3.2 (CORS); RFC 7033 5.

Clients that run in the browser read the metadata, redeem codes and ask userinfo. Any origin
may: no cookie counts at these endpoints, a caller has only what it sends itself, and ``*``
makes browsers send no credentials. A list of registered origins would stop nobody who has a
code or a token, since he can do without a browser; and a preflight names no client. Pages and
whatever looks at a cookie are never shared.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

_ANY = {"Access-Control-Allow-Origin": "*"}
_PREFLIGHT = _ANY | {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Max-Age": "3600",
}
# A script must see why a token was refused (RFC 6750 3).
_EXPOSED = _ANY | {"Access-Control-Expose-Headers": "WWW-Authenticate"}


def shared(view: View[P]) -> View[P]:
    """Let scripts of every origin call `view` and read its answers, errors too."""

    @wraps(view)
    def answered(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in request.META:
            return HttpResponse(status=204, headers=_PREFLIGHT)
        response = view(request, *args, **kwargs)
        for name, value in _EXPOSED.items():
            response[name] = value
        return response

    return answered
