"""A page as a browser without scripts reads it: forms, links, pictures, frames."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

from tests.conformance.oidf.wire import Response


@dataclass(slots=True)
class Form:
    """One form: what it sends when nothing is typed, and its buttons by id."""

    method: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)


class Page(HTMLParser):
    """What the browser shows. `url` is its address bar, fragment included."""

    def __init__(self, response: Response, url: str) -> None:
        super().__init__()
        self.response = response
        self.url = url
        self.name = ""
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.images: list[str] = []
        self.frames: list[str] = []
        self.scripts: list[tuple[str, dict[str, str]]] = []
        self.ids: dict[str, str] = {}
        self.words = ""
        self._form: Form | None = None
        if response.media_type == "text/html":
            self.feed(response.text)

    @property
    def is_error(self) -> bool:
        """Whether the provider says, on a page of its own, that it cannot go on."""
        return self.name == "error" and self.response.status >= 400

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what a person could see or press."""
        given = {name: value or "" for name, value in attrs}
        if tag == "body":
            self.name = given.get("data-page", "")
        elif tag == "form":
            action = urljoin(self.url, given.get("action") or self.url)
            self._form = Form(given.get("method", "get").upper(), action)
            self.forms.append(self._form)
        elif tag in {"input", "button"}:
            self._control(tag, given)
        elif tag == "script" and given.get("src"):
            data = {name[5:]: value for name, value in given.items() if name.startswith("data-")}
            self.scripts.append((given["src"], data))
        else:
            self._address(tag, given)

    def handle_endtag(self, tag: str) -> None:
        """Leave the form."""
        if tag == "form":
            self._form = None

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self.words += data

    def form_with(self, identifier: str) -> Form:
        """Return the form that holds the button or field `identifier`."""
        for form in self.forms:
            if identifier in form.buttons or identifier in form.ids:
                return form
        message = f"{self.url}: the page {self.name!r} has no #{identifier}"
        raise AssertionError(message)

    def _address(self, tag: str, given: dict[str, str]) -> None:
        kept = {"a": ("href", self.links), "img": ("src", self.images)}
        kept["iframe"] = ("src", self.frames)
        if tag in kept and given.get(kept[tag][0]):
            url = urljoin(self.url, given[kept[tag][0]])
            kept[tag][1].append(url)
            self.ids[given.get("id", "")] = url

    def _control(self, tag: str, given: dict[str, str]) -> None:
        if self._form is None:
            return
        name, value = given.get("name", ""), given.get("value", "")
        pressed = tag == "button" or given.get("type") == "submit"
        if pressed:
            self._form.buttons[given.get("id", "")] = (name, value)
        elif name:
            self._form.fields[name] = value
            self._form.ids[given.get("id", "")] = name
