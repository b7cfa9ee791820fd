"""HTTP from this relying party to its provider and its resource server. RFC 9700 4.11.

Bounded in time and size, follows no redirect, and is handed in wherever it is used, so that
tests put a provider of their own in its place.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any, Protocol
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import (
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    build_opener,
)

TIMEOUT = 10
LARGEST_ANSWER = 512 * 1024


class Unreachable(Exception):  # noqa: N818 - a state of the world, not a mistake of the caller
    """No usable answer came back."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP response, as far as Authlib's client and we look at it."""

    status_code: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    def json(self) -> Any:
        """Return the body's JSON value.

        Raises:
            ValueError: the body is none.
        """
        return json.loads(self.body)

    def raise_for_status(self) -> None:
        """Refuse an answer that is not a success."""
        if self.status_code >= 400:  # noqa: PLR2004 - RFC 9110 15.5
            message = f"the server answered {self.status_code}"
            raise Unreachable(message)


class Transport(Protocol):
    """Send one request. Names of the answer's headers are in lower case."""

    def __call__(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None = None
    ) -> Answer:
        """Return whatever was answered, errors included; raise `Unreachable` if nothing was."""
        ...


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_args: object, **_kwargs: object) -> None:
        """Follow nothing: credentials must not travel to where a redirect points."""


def _opener() -> OpenerDirector:
    # An empty ProxyHandler: what is meant for localhost must not go to a proxy.
    return build_opener(ProxyHandler({}), HTTPHandler(), HTTPSHandler(), _NoRedirect())


def send(method: str, url: str, *, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
    """Send by urllib. A `Transport`."""
    if urlsplit(url).scheme not in {"http", "https"}:
        message = "only http and https are spoken here"
        raise Unreachable(message)
    request = Request(url, data=body, headers=dict(headers), method=method)  # noqa: S310 - checked
    try:
        with _opener().open(request, timeout=TIMEOUT) as response:
            return _answer(
                response.status, dict(response.headers), response.read(LARGEST_ANSWER + 1)
            )
    except HTTPError as error:
        with error:
            return _answer(error.code, dict(error.headers), error.read(LARGEST_ANSWER + 1))
    except (URLError, HTTPException, OSError) as error:
        message = f"{urlsplit(url).netloc} does not answer"
        raise Unreachable(message) from error


def _answer(status: int, headers: Mapping[str, str], body: bytes) -> Answer:
    if len(body) > LARGEST_ANSWER:
        message = "the answer is too large"
        raise Unreachable(message)
    return Answer(status, {name.lower(): value for name, value in headers.items()}, body)


def get_json(transport: Transport, url: str, headers: Mapping[str, str]) -> dict[str, Any]:
    """Return the JSON object at `url`.

    Raises:
        Unreachable: there is none.
    """
    answer = transport("GET", url, headers={"Accept": "application/json", **headers})
    answer.raise_for_status()
    try:
        value = answer.json()
    except ValueError as error:
        message = "the answer is not JSON"
        raise Unreachable(message) from error
    if not isinstance(value, dict):
        message = "the answer is not a JSON object"
        raise Unreachable(message)
    return value


class FormSession:
    """The part of a requests session that `authlib.oauth2.client.OAuth2Client` needs."""

    def __init__(self, transport: Transport) -> None:
        """Send through `transport`."""
        self._transport = transport

    def post(
        self, url: str, *, data: Mapping[str, str], headers: Mapping[str, str], auth: Any
    ) -> Answer:
        """Send a form with the client's authentication.

        The headers are copied: Authlib hands over a dictionary of its module, into which
        its client authentication would write our secret for every other client to send.
        """
        url, own, body = auth.prepare("POST", url, dict(headers), urlencode(data))
        return self._transport("POST", url, headers=own, body=body.encode())
