"""Authorization responses, each with `iss`. RFC 6749 4.1.2, 4.2.2; RFC 9207.

OAuth 2.0 Multiple Response Type Encoding Practices 2.1; OAuth 2.0 Form Post Response Mode.

Own answers in place of Authlib's, which fail on Django or post changed values (OIDC.md 2.4,
defects 1, 3 and 4).
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from idp.oauth.authorization_request import Reply
from idp.policy import get_policy

# No form-action: browsers apply it to redirects after the POST, which are the client's own.
_FORM_POST_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; frame-ancestors 'none'"
)


def respond(request: HttpRequest, reply: Reply, answer: Mapping[str, str]) -> HttpResponse:
    """Send `answer`, with `iss` and the client's `state`, back through the browser."""
    parameters = dict(answer) | {"iss": get_policy().issuer}
    if reply.state:
        parameters["state"] = reply.state
    if reply.response_mode == "form_post":
        response = _form_post(request, reply, parameters)
    else:
        response = _redirect(reply, parameters)
    response["Cache-Control"] = "no-store"
    return response


def _redirect(reply: Reply, parameters: Mapping[str, str]) -> HttpResponse:
    """303, so that a POSTed request is followed by a GET (RFC 9700 4.12).

    Not Django's redirect: that one knows web schemes only, and native clients have their own.
    """
    uri = reply.redirect_uri
    before = "#" if reply.response_mode == "fragment" else "&" if "?" in uri else "?"
    response = HttpResponse(status=303)
    response["Location"] = f"{uri}{before}{urlencode(parameters)}"
    return response


def _form_post(request: HttpRequest, reply: Reply, parameters: Mapping[str, str]) -> HttpResponse:
    nonce = getattr(request, "csp_nonce", "")
    context = {"action": reply.redirect_uri, "parameters": parameters, "nonce": nonce}
    response = render(request, "idp/form_post.html", context)
    response["Content-Security-Policy"] = _FORM_POST_POLICY.format(nonce=nonce)
    return response
