"""A browser without scripts and the person in front of it. OIDC.md 3.4.

It keeps cookies, follows redirects, and presses the buttons that the pages promise by id.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

from tests.conformance.oidf.page import Page
from tests.conformance.oidf.wire import FORM, Wire

MOST_STEPS = 12


@dataclass(frozen=True, slots=True)
class Person:
    """Who sits in front of the browser."""

    username: str
    password: str = field(repr=False)


@dataclass(slots=True)
class Visit:
    """Where the browser ended, and the provider's pages that it showed on the way."""

    page: Page
    shown: list[Page]

    @property
    def names(self) -> list[str]:
        """The names of the pages that were shown."""
        return [page.name for page in self.shown]

    @property
    def signed_in_anew(self) -> bool:
        """Whether the person was asked to authenticate."""
        return "login" in self.names


class Browser:
    """One cookie jar. Cookies know no ports, as in every browser; here all is localhost."""

    def __init__(self, wire: Wire, person: Person) -> None:
        self.wire = wire
        self.person = person
        self.cookies: dict[str, str] = {}
        self.readable: dict[str, str] = {}
        """The cookies that scripts may read."""

    def twin(self) -> Browser:
        """Return another browser with the same cookies."""
        other = copy.copy(self)
        other.cookies, other.readable = dict(self.cookies), dict(self.readable)
        return other

    def visit(
        self, url: str, form: Mapping[str, str] | None = None, *, until: tuple[str, ...] = ()
    ) -> Visit:
        """Go to `url` (with a POST, when there is a form) and do what the pages ask for.

        Stops at a page that asks for nothing, and at the pages named in `until`.
        """
        page, shown = self.open(url, form), []
        for _ in range(MOST_STEPS):
            if page.name:
                shown.append(page)
            do = self._acts().get(page.name)
            after = do(page) if do and page.name not in until else page
            if after is page:
                return Visit(page, shown)
            page = after
        message = f"no end in sight: {[page.url for page in shown]}"
        raise AssertionError(message)

    def open(self, url: str, form: Mapping[str, str] | None = None, *, source: str = "") -> Page:
        """Load `url` and follow redirects."""
        method, body = ("GET", b"") if form is None else ("POST", urlencode(form).encode())
        for _ in range(MOST_STEPS):
            bare = url.partition("#")[0]
            headers = self._headers(method, source)
            response = self.wire.send(method, bare, headers=headers, body=body)
            self._keep(response.headers.get_all("Set-Cookie", []))
            if response.status not in {301, 302, 303}:
                assert response.status < 500, f"{bare}: {response.status}"
                assert response.status not in {307, 308}, "RFC 9700 4.12: passwords would travel on"
                return Page(response, url)
            # The fragment of the address stays unless the new one has its own: RFC 9110 10.2.2.
            fragment = url.partition("#")[2]
            url = urljoin(bare, response.headers["Location"])
            url += f"#{fragment}" if fragment and "#" not in url else ""
            method, body = "GET", b""
        message = f"redirects without end at {url}"
        raise AssertionError(message)

    def press(self, page: Page, identifier: str, **typed: str) -> Page:
        """Type into fields by id, then press the button `identifier`."""
        form = page.form_with(identifier)
        fields = dict(form.fields)
        for name, text in typed.items():
            fields[form.ids[name]] = text
        name, value = form.buttons.get(identifier, ("", ""))
        if name:
            fields[name] = value
        if form.method == "GET":
            return self.open(f"{form.action}?{urlencode(fields)}", source=page.url)
        return self.open(form.action, fields, source=page.url)

    def _acts(self) -> dict[str, Callable[[Page], Page]]:
        return {
            "login": self._log_in,
            "consent": lambda page: self.press(page, "consent-approve"),
            "form-post": lambda page: self.press(page, "form-post-continue"),
            "logout": lambda page: self.press(page, "logout-confirm"),
            "signed-out": self._go_on,
        }

    def _go_on(self, page: Page) -> Page:
        """Load the frames of a logout page, then follow its link to the client, if it has one."""
        for url in page.frames:
            self.open(url, source=page.url)
        onward = page.ids.get("logout-continue")
        return self.open(onward, source=page.url) if onward else page

    def _log_in(self, page: Page) -> Page:
        who = self.person
        typed = {"id_username": who.username, "id_password": who.password}
        after = self.press(page, "login-submit", **typed)
        assert after.name != "login", f"the sign-in was refused: {after.words[:300]}"
        return after

    def _headers(self, method: str, source: str) -> dict[str, str]:
        headers = {"Accept": "text/html"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{n}={v}" for n, v in self.cookies.items())
        if method == "POST":
            headers["Content-Type"] = FORM
            parts = urlsplit(source)
            headers["Origin"] = f"{parts.scheme}://{parts.netloc}" if source else "null"
        return headers

    def _keep(self, lines: list[str]) -> None:
        for line in lines:
            for name, morsel in SimpleCookie(line).items():
                assert morsel["secure"], f"the cookie {name} is not Secure"
                self.cookies.pop(name, None)
                self.readable.pop(name, None)
                if str(morsel["max-age"]) != "0" and morsel.value:
                    self.cookies[name] = morsel.value
                    if not morsel["httponly"]:
                        self.readable[name] = morsel.value
