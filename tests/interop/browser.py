"""A person at a browser without scripts: cookies, redirects, forms, and one passkey.

HTML 4.2.5.3 (refresh), 4.10 (forms); WebAuthn Level 3 through the software authenticator. What a
page's script would do (`form_post`, passkeys) is done here by hand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import requests

from tests.idp.authentication.authenticator import SoftwareAuthenticator

MOST_PAGES = 10
SECONDS = 20


@dataclass(slots=True)
class Form:
    """A form: where it goes, its fields, and the buttons that send it."""

    identifier: str
    action: str
    method: str
    options: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)


class Page(HTMLParser):
    """An answer that a person sees. `name` is the body's ``data-page`` on the provider's pages."""

    def __init__(self, answer):
        super().__init__()
        self.answer = answer
        self.url = answer.url
        self.status = answer.status_code
        self.text = answer.text
        self.passed = [hop.url for hop in answer.history]
        self.name = ""
        self.leads_to = ""
        self.forms = []
        self.feed(answer.text)

    def __repr__(self):
        shown = self.text.partition("<main>")[2] or self.text
        return f"<{self.status} at {self.url} after {self.passed}: {shown[:1000]}>"

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        match tag:
            case "body":
                self.name = given.get("data-page", "")
            case "meta" if given.get("http-equiv", "").lower() == "refresh":
                self.leads_to = urljoin(self.url, given["content"].partition("url=")[2])
            case "form":
                action = urljoin(self.url, given.get("action") or self.url)
                method = given.get("method", "get").lower()
                options = urljoin(self.url, given.get("data-options", ""))
                self.forms.append(Form(given.get("id", ""), action, method, options))
            case "input" if self.forms and given.get("name"):
                self.forms[-1].fields[given["name"]] = given.get("value", "")
            case "button" if self.forms:
                sent = (given.get("name", ""), given.get("value", ""))
                self.forms[-1].buttons[given.get("id", "")] = sent

    def form(self, identifier):
        """Return the form with this id, or the form that holds a button with it."""
        for form in self.forms:
            if identifier in {form.identifier, *form.buttons}:
                return form
        message = f"no {identifier!r} on {self}"
        raise AssertionError(message)

    def json(self):
        """Return the body as data; on any other answer say what came instead."""
        assert self.status == 200, self
        return self.answer.json()


class Person:
    """Somebody with an account at the provider, one browser and one passkey."""

    def __init__(self, provider, username, passkey=None):
        self.provider = provider
        self.username = username
        self.passkey = passkey or SoftwareAuthenticator(origin=provider.issuer)
        self.shown = []
        self._browser = requests.Session()
        self._browser.trust_env = False
        self._browser.verify = str(provider.tls.authority)

    def copied(self):
        """Return a browser with the cookies that this one has now."""
        other = Person(self.provider, self.username, self.passkey)
        other._browser.cookies.update(self._browser.cookies)
        return other

    def visit(self, url):
        """Open `url` and do what the provider's pages ask, until something else is shown."""
        return self._follow(self.open(url))

    def press(self, page, button, **fields):
        """Press a button, likewise."""
        return self._follow(self.submit(page, button, **fields))

    def open(self, url):
        """Return the page at `url`, after its redirects, those by a page included."""
        page = Page(self._browser.get(url, timeout=SECONDS))
        return self.open(page.leads_to) if page.leads_to else page

    def submit(self, page, button, **fields):
        """Send the form that holds `button`, with `fields` filled in."""
        form = page.form(button)
        name, value = form.buttons.get(button, ("", ""))
        filled = form.fields | ({name: value} if name else {}) | fields
        if form.method == "get":
            return Page(self._browser.get(form.action, params=filled, timeout=SECONDS))
        return Page(self._post(page, form.action, filled))

    def add_the_passkey(self):
        """Sign in to the account and register the passkey there."""
        page = self.visit(f"{self.provider.issuer}/account/passkeys/")
        form = page.form("passkey-add")
        made = self.passkey.create(self._options(page, form))
        page = self.submit(page, "passkey-add", name="a passkey", credential=made)
        assert "a passkey" in page.text, page.text

    def _follow(self, page):
        self.shown = []
        for _page in range(MOST_PAGES):
            if not page.url.startswith(self.provider.issuer):
                return page
            if page.name == "form-post":  # a script sends it before anybody has seen it
                page = self.submit(page, "form-post")
                continue
            self.shown.append(page.name)
            match page.name:
                case "login":
                    page = self._type_password(page)
                case "passkey":
                    page = self._use_passkey(page)
                case "consent":
                    page = self.submit(page, "consent-approve")
                case "logout":
                    page = self.submit(page, "logout-confirm")
                case _:
                    return page
        message = f"the provider goes round in circles: {self.shown}"
        raise AssertionError(message)

    def _type_password(self, page):
        password = self.provider.password(self.username)
        return self.submit(page, "login-submit", username=self.username, password=password)

    def _use_passkey(self, page):
        form = page.form("passkey-use")
        signed = self.passkey.get(self._options(page, form))
        return self.submit(page, "passkey-use", credential=signed)

    def _options(self, page, form):
        token = {"X-CSRFToken": form.fields["csrfmiddlewaretoken"]}
        answer = self._post(page, form.options, {}, token)
        assert answer.status_code == 200, answer.text
        return answer.text

    def _post(self, page, url, fields, headers=None):
        parts = urlsplit(page.url)
        here = {"Origin": f"{parts.scheme}://{parts.netloc}", "Referer": page.url}
        return self._browser.post(url, data=fields, headers=here | (headers or {}), timeout=SECONDS)
