"""What a client POSTs to us, as Authlib's grants read it. RFC 6749 3.2, appendix B.

Authlib's Django request merges query and body, and refuses by raising from its constructor
(OIDC.md 2.4, defects 7 and 10). Here the body alone counts, and anything else is an error.
"""

from __future__ import annotations

from collections.abc import Mapping

from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload, OAuth2Request
from django.http import HttpRequest

from idp.protocol import parameters
from idp.protocol.errors import ErrorCode, ProtocolError

FORM = "application/x-www-form-urlencoded"
# Grants never read the URI. That the deployment is https is said once, by idp.checks, and
# not by an exception for each request behind a proxy that ends TLS.
_URI = "https://issuer.invalid/"


class UnsupportedMediaTypeError(ProtocolError):
    """The body is not a form."""

    def __init__(self) -> None:
        """Say what is expected."""
        super().__init__(ErrorCode.INVALID_REQUEST, f"The body must be {FORM}.")


class FormRequest(OAuth2Request):
    """A POSTed form and its headers; each parameter is there once, in UTF-8."""

    def __init__(self, form: Mapping[str, str], authorization: str) -> None:
        """Keep the form for the grants and the header for client authentication."""
        super().__init__("POST", _URI, headers={"Authorization": authorization})
        self.payload = BasicOAuth2Payload(dict(form))
        self.authorization = authorization

    @property
    def form(self) -> dict[str, str]:
        """The parameters of the body."""
        form: dict[str, str] = self.payload.data
        return form


def read(request: HttpRequest) -> FormRequest:
    """Return the form of a request to an endpoint that clients call.

    Raises:
        UnsupportedMediaTypeError: the body is something else.
        ProtocolError: parameters in the query, repeated, overlong or unreadable.
    """
    if request.META.get("QUERY_STRING"):
        raise ProtocolError(ErrorCode.INVALID_REQUEST, "Parameters belong into the body.")
    if request.content_type != FORM:
        raise UnsupportedMediaTypeError
    form = parameters.parse(request.body).once()
    parameters.check_lengths(form)
    return FormRequest(form, request.META.get("HTTP_AUTHORIZATION", ""))
