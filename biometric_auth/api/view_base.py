"""What every call of the API shares: the browser's cookie is the key. AGENT-PROTOCOL."""

from __future__ import annotations

from typing import Any, TypeVar
from urllib.parse import urlsplit

from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from biometric_auth.api.parsers import BoundedJSONParser
from biometric_auth.api.serializers import Message
from biometric_auth.api.throttles import AddressThrottle, TransactionThrottle
from biometric_auth.domain.errors import TransactionNotFound
from biometric_auth.policy import get_policy

M = TypeVar("M", bound=Message)


class TransactionAPI(APIView):
    """One call about one transaction. Another browser gets the same 404 as an unknown id."""

    parser_classes: tuple[type[BaseParser], ...] = (BoundedJSONParser,)
    throttle_classes = (AddressThrottle, TransactionThrottle)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse pages of other origins before anything is looked at (cross-site requests)."""
        super().initial(request, *args, **kwargs)
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != request.get_host():
            raise TransactionNotFound

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """Keep answers out of every cache."""
        final = super().finalize_response(request, response, *args, **kwargs)
        final["Cache-Control"] = "no-store"
        return final


def browser_of(request: Request) -> str:
    """Return the value of the cookie that binds transactions to this browser.

    Raises:
        TransactionNotFound: there is none: no transaction can be this browser's.
    """
    value = request.COOKIES.get(get_policy().browser_cookie_name)
    if not value:
        raise TransactionNotFound
    return str(value)


def read(kind: type[M], request: Request) -> dict[str, Any]:
    """Return the validated message in the request's body."""
    message = kind(data=request.data)
    message.is_valid(raise_exception=True)
    return dict(message.validated_data)


def message_of(request: Request) -> bytes:
    """Return the capture in the request's body, as `CaptureParser` read it."""
    data = request.data
    return bytes(data["message"]) if isinstance(data, dict) and "message" in data else b""
