"""The page that clients frame to ask whether the session changed. Session Management 1.0 3.2, 3.3.

OIDC.md G2: the one page that may stand in any frame. It holds a script and nothing to press.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from idp.authentication import session
from idp.policy import get_policy

_POLICY = "default-src 'none'; script-src 'self'; base-uri 'none'; form-action 'none'"


@require_safe
@xframe_options_exempt
@cache_control(public=True, max_age=300)
def check_session(request: HttpRequest) -> HttpResponse:
    """Answer with the page: the same for everybody, it reads the cookie in the browser."""
    cookie = get_policy().cookie_name(session.BROWSER_STATE)
    response = render(request, "idp/check_session.html", {"cookie": cookie})
    response["Content-Security-Policy"] = _POLICY
    return response
