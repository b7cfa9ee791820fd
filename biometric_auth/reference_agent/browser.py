"""A browser without a screen: cookies, redirects, forms. RFC 6265, RFC 9110 15.4; HTML 4.10.

Enough of one to walk through server-rendered pages; it runs no scripts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from http.client import HTTPException, HTTPResponse
from http.cookiejar import Cookie, CookieJar
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import (
    HTTPCookieProcessor,
    HTTPRedirectHandler,
    ProxyHandler,
    Request,
    build_opener,
)

TIMEOUT = 60
MOST_REDIRECTS = 20
LARGEST_PAGE = 4_000_000
REDIRECTS = {301, 302, 303, 307, 308}


class Unreachable(Exception):  # noqa: N818 - a state of the world
    """A server does not answer, or answers nothing usable."""


@dataclass(slots=True)
class Form:
    """A form as it stands on a page: where it goes, and what it would send."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    """Element id -> field name, for every input and button of the form."""

    def fill(self, values: Mapping[str, str]) -> None:
        """Set the fields whose elements have these ids."""
        for element, value in values.items():
            self.fields[self.names[element]] = value


@dataclass(frozen=True, slots=True)
class Page:
    """What a server answered; `url` is the last one after redirects."""

    url: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    @property
    def kind(self) -> str:
        """What ``<body data-page="…">`` calls this page; empty if it has no such mark."""
        return next((one.get("data-page", "") for one in self.elements("body")), "")

    def json(self) -> dict[str, Any]:
        """Return the JSON object of the body."""
        try:
            value = json.loads(self.body)
        except ValueError as error:
            message = f"{self.url} did not answer JSON"
            raise Unreachable(message) from error
        return value if isinstance(value, dict) else {}

    def elements(self, tag: str) -> list[dict[str, str]]:
        """Return the attributes of every element of this tag."""
        return [attributes for name, attributes in self._read().elements if name == tag]

    def having(self, attribute: str) -> list[dict[str, str]]:
        """Return the attributes of every element that has `attribute`."""
        return [found for _, found in self._read().elements if attribute in found]

    def form(self, element: str) -> Form | None:
        """Return the form that holds the element with this id."""
        return next((form for form in self._read().forms if element in form.names), None)

    def _read(self) -> _Reader:
        reader = _Reader(self.url)
        reader.feed(self.text)
        return reader


class _Reader(HTMLParser):
    """Collects elements and forms."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.forms: list[Form] = []
        self._open: Form | None = None

    def _begin(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.elements.append((tag, found))
        if tag == "form":
            action = urljoin(self.url, found.get("action", ""))
            self._open = Form(action, found.get("method", "get").upper())
            self.forms.append(self._open)
        elif self._open is not None and tag in {"input", "button"}:
            self._add_field(self._open, tag, found)

    def _end(self, tag: str) -> None:
        if tag == "form":
            self._open = None

    handle_starttag, handle_endtag = _begin, _end

    @staticmethod
    def _add_field(form: Form, tag: str, found: dict[str, str]) -> None:
        name = found.get("name", "")
        if "id" in found:
            form.names[found["id"]] = name
        pressed = tag == "button" or found.get("type") in {"submit", "button"}
        unticked = found.get("type") in {"checkbox", "radio"} and "checked" not in found
        if name and not pressed and not unticked:
            form.fields[name] = found.get("value", "")


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_args: object, **_kwargs: object) -> None:
        """Let the browser decide."""


class Browser:
    """One person's browser: a jar of cookies. Never goes through a proxy."""

    def __init__(self) -> None:
        """Start with an empty jar."""
        self.cookies = CookieJar()
        self._opener = build_opener(
            ProxyHandler({}), HTTPCookieProcessor(self.cookies), _NoRedirect()
        )

    def get(self, url: str) -> Page:
        """Return the page at `url`, redirects followed."""
        return self._follow(self.send("GET", url))

    def submit(self, form: Form, *, pressing: str = "", page: Page) -> Page:
        """Send `form` as it is filled in, by the button whose id is `pressing`."""
        fields = dict(form.fields)
        if name := form.names.get(pressing):
            fields[name] = next(
                one.get("value", "") for one in page.having("id") if one["id"] == pressing
            )
        content = urlencode(fields).encode()
        if form.method == "GET":
            return self.get(f"{form.action}?{content.decode()}")
        parts = urlsplit(page.url)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": f"{parts.scheme}://{parts.netloc}",
            "Referer": page.url,
        }
        return self._follow(self.send("POST", form.action, content, headers))

    def send(
        self,
        method: str,
        url: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Page:
        """Return the answer to one request; redirects are not followed.

        Raises:
            Unreachable: there is no answer.
        """
        if urlsplit(url).scheme not in {"http", "https"}:
            message = f"{url} is not an address of the web"
            raise Unreachable(message)
        request = Request(url, data=body, headers=dict(headers or {}), method=method)  # noqa: S310
        try:
            try:
                answer = self._opener.open(request, timeout=TIMEOUT)
            except HTTPError as error:
                answer = error
            with answer:
                return _page(url, answer)
        except (URLError, HTTPException, OSError) as error:
            message = f"{urlsplit(url).netloc} does not answer ({error})"
            raise Unreachable(message) from error

    def put_cookie(self, url: str, name: str, value: str) -> None:
        """Put a cookie for the host of `url` into the jar, as another browser had it."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        domain = host if "." in host else f"{host}.local"
        self.cookies.set_cookie(
            Cookie(
                0, name, value, None, False, domain, False, False, "/", True,  # noqa: FBT003
                parts.scheme == "https", None, True, None, None, {},  # noqa: FBT003
            )
        )  # fmt: skip

    def _follow(self, page: Page) -> Page:
        for _ in range(MOST_REDIRECTS):
            target = page.headers.get("location", "")
            if page.status not in REDIRECTS or not target:
                return page
            page = self.send("GET", urljoin(page.url, target))
        message = f"{page.url} redirects without end"
        raise Unreachable(message)


def _page(url: str, answer: HTTPResponse | HTTPError) -> Page:
    body = answer.read(LARGEST_PAGE + 1)
    if len(body) > LARGEST_PAGE:
        message = f"{url} is too large"
        raise Unreachable(message)
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return Page(url, int(answer.status or 0), headers, body)


def server_time(page: Page) -> float | None:
    """Return the server's time (seconds since 1970) when it answered, as far as it says so."""
    try:
        return parsedate_to_datetime(page.headers["date"]).timestamp()
    except (KeyError, ValueError):
        return None
