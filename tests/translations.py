"""The catalogues of the provider's pages: ``python -m tests.translations`` brings them up to date.

Django's `makemessages` and `compilemessages` call programs of the machine; Babel needs none.
Strings keep their translation when they move, and are taken out when they go; a new one waits
empty in each `.po`, and tests/idp/test_translations.py fails until it is filled.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
PROVIDER = ROOT / "idp"
LANGUAGES = ("de", "fr")
PERSONAL = ('"POT-', '"PO-', '"Report-', '"Last-', '"Language-Team', '"Project-', '"Generated-')
KEYWORDS = {"_": None, "_lazy": None, "gettext": None, "gettext_lazy": None, "ngettext": (1, 2)}


def path(language, suffix="po"):
    """Return where the catalogue of `language` is."""
    return PROVIDER / "locale" / language / "LC_MESSAGES" / f"django.{suffix}"


def template(language=None):
    """Return a catalogue of what the provider's sources say, without translations."""
    found = Catalog(language, fuzzy=False)
    for source in sorted([*PROVIDER.rglob("*.py"), *PROVIDER.rglob("*.html")]):
        text = source.read_text()
        code = templatize(text) if source.suffix == ".html" else text
        lines = io.BytesIO(code.encode())
        for _line, message, _comments, context in extract("python", lines, KEYWORDS):
            found.add(message, locations=[(str(source.relative_to(ROOT)), 0)], context=context)
    return found


def catalogue(language):
    """Return the catalogue of `language` as it is in the tree."""
    with path(language).open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def compiled(found):
    """Return the bytes that the running provider reads; the same on every day."""
    found.creation_date = found.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    file = io.BytesIO()
    write_mo(file, found)
    return file.getvalue()


def written(found):
    """Return the text of a `.po`, less what would differ from day to day."""
    file = io.BytesIO()
    write_po(file, found, width=96, sort_output=True)
    lines = file.getvalue().decode().splitlines(keepends=True)
    kept = [line for line in lines if line[0] != "#" or line[1] in ":,"]
    return "".join(line for line in kept if not line.startswith(PERSONAL))


def main():
    """Write both files of each language."""
    sources = template()
    for language in LANGUAGES:
        path(language).parent.mkdir(parents=True, exist_ok=True)
        found = catalogue(language) if path(language).exists() else template(language)
        found.update(sources, no_fuzzy_matching=True)
        found.obsolete.clear()
        path(language).write_text(written(found))
        path(language, "mo").write_bytes(compiled(found))


if __name__ == "__main__":
    main()
