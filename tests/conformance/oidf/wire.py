"""HTTPS as a relying party speaks it: no redirect followed, no cookie kept, one authority."""

from __future__ import annotations

import base64
import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
SECONDS = 30


@dataclass(frozen=True, slots=True)
class Response:
    """One answer, and the URL that gave it."""

    url: str
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def media_type(self) -> str:
        """The media type, without parameters."""
        return self.headers.get_content_type() if "Content-Type" in self.headers else ""

    def json(self) -> dict[str, Any]:
        """Return the body, which must be a JSON object of that media type."""
        assert self.media_type == JSON, f"{self.url}: {self.media_type!r} is not {JSON}"
        found = json.loads(self.body)
        assert isinstance(found, dict), f"{self.url}: not a JSON object"
        return found


class Wire:
    """Connections that stay open, one for each origin. Every name means this machine."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.context = context
        self._open: dict[str, http.client.HTTPSConnection] = {}

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Response:
        """Send one request. A kept connection that the server has closed is opened again."""
        parts = urlsplit(url)
        assert parts.scheme == "https", f"{url} is not https"
        given = dict(headers or {}) | ({"Content-Length": str(len(body))} if body else {})
        fresh = parts.netloc not in self._open
        try:
            return self._exchange(method, parts, given, body)
        except (http.client.HTTPException, OSError):
            self._forget(parts.netloc)
            if fresh:
                raise
            return self._exchange(method, parts, given, body)

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Response:
        """GET."""
        return self.send("GET", url, headers=headers)

    def post(
        self, url: str, form: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> Response:
        """POST a form."""
        given = {"Content-Type": FORM, **(headers or {})}
        return self.send("POST", url, headers=given, body=urlencode(form).encode())

    def post_json(
        self, url: str, document: object, headers: Mapping[str, str] | None = None
    ) -> Response:
        """POST a JSON document."""
        given = {"Content-Type": JSON, "Accept": JSON, **(headers or {})}
        return self.send("POST", url, headers=given, body=json.dumps(document).encode())

    def close(self) -> None:
        """Close what is open."""
        for origin in list(self._open):
            self._forget(origin)

    def _exchange(
        self, method: str, url: SplitResult, headers: Mapping[str, str], body: bytes
    ) -> Response:
        connection = self._open.get(url.netloc)
        if connection is None:
            connection = http.client.HTTPSConnection(
                "localhost", url.port, context=self.context, timeout=SECONDS
            )
            self._open[url.netloc] = connection
        target = (url.path or "/") + (f"?{url.query}" if url.query else "")
        named = {"Host": url.netloc, **headers}
        connection.request(method, target, body=body or None, headers=named)
        answer = connection.getresponse()
        content = answer.read()
        if answer.will_close:
            self._forget(url.netloc)
        return Response(url.geturl(), answer.status, answer.headers, content)

    def _forget(self, origin: str) -> None:
        if connection := self._open.pop(origin, None):
            connection.close()


def bearer(token: str) -> dict[str, str]:
    """Return the header of RFC 6750 2.1."""
    return {"Authorization": f"Bearer {token}"}


def basic(name: str, secret: str) -> dict[str, str]:
    """Return the header of client_secret_basic, form-encoded first. RFC 6749 2.3.1."""
    quoted = [urlencode({"": word})[1:] for word in (name, secret)]
    return {"Authorization": "Basic " + base64.b64encode(":".join(quoted).encode()).decode()}
