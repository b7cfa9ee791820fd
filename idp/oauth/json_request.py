"""A JSON document that a client sends to us. RFC 7591 3.1; RFC 8259 4 (names are unique).

OIDC.md A7, L6: whatever arrives is answered in the protocol's own form.
"""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest

from idp.protocol.errors import ErrorCode, ProtocolError

JSON = "application/json"
MOST_BYTES = 65_536


class RequestError(ProtocolError):
    """A body that is not read at all. `status` is that of HTTP."""

    def __init__(self, status: int, description: str) -> None:
        """Keep the status for the answer."""
        super().__init__(ErrorCode.INVALID_REQUEST, description)
        self.status = status


def read(request: HttpRequest) -> object:
    """Return the document in the body.

    Raises:
        ProtocolError: too large, of another type, not JSON, or with a member that comes twice.
    """
    if request.content_type != JSON:
        raise RequestError(415, f"The body must be {JSON}.")
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES or len(request.body) > MOST_BYTES:
        raise RequestError(413, f"The body may have {MOST_BYTES} bytes.")
    try:
        text = request.body.decode("utf-8")
        found: object = json.loads(text, object_pairs_hook=_object, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise RequestError(400, "The body is not JSON that can be read.") from error
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        message = "a member comes twice"
        raise ValueError(message)
    return found


def _no_number(name: str) -> None:
    raise ValueError(name)
