"""OpenID Connect Core 3.1.2.1 (``ui_locales``): every language has every string of the pages."""

from __future__ import annotations

import gettext
import io
import re

import pytest
from django.conf import settings

from tests import translations

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
TEMPLATES = translations.PROVIDER / "templates"
MARKUP = re.compile(r"</?\w+>|[<>&\"]")
languages = pytest.mark.parametrize("language", translations.LANGUAGES)


def forms(text):
    return text if isinstance(text, (tuple, list)) else (text,)


def said():
    """Return what the sources say, as the running provider looks it up."""
    return {message.id for message in translations.template() if message.id}


def test_the_languages_of_the_pages_are_those_that_are_offered():
    assert ["en", *translations.LANGUAGES] == [code for code, _name in settings.LANGUAGES]


@languages
def test_no_string_is_missing_and_none_is_left_over(language):
    found = {m.id: m.string for m in translations.catalogue(language) if m.id}
    assert found.keys() == said()
    assert [text for text, string in found.items() if not all(forms(string))] == []


@languages
def test_no_translation_waits_for_somebody_to_look_at_it(language):
    assert [m.id for m in translations.catalogue(language) if m.fuzzy] == []


@languages
def test_the_file_that_runs_is_made_from_the_file_that_is_read(language):
    read = gettext.GNUTranslations(io.BytesIO(translations.compiled(
        translations.catalogue(language)
    )))  # fmt: skip
    with translations.path(language, "mo").open("rb") as file:
        runs = gettext.GNUTranslations(file)
    assert vars(runs)["_catalog"] == vars(read)["_catalog"]


@languages
def test_every_translation_keeps_what_is_put_into_it(language):
    differing = [
        message.id
        for message in translations.catalogue(language)
        for original, string in zip(forms(message.id), forms(message.string), strict=True)
        if sorted(set(PLACEHOLDER.findall(original))) != sorted(set(PLACEHOLDER.findall(string)))
    ]
    assert differing == []


@languages
def test_no_translation_adds_markup_or_ends_an_attribute(language):
    """A translated constant is not escaped by Django's templates."""
    adding = [
        string
        for message in translations.catalogue(language)
        if message.id
        for original, string in zip(forms(message.id), forms(message.string), strict=True)
        if MARKUP.findall(original) != MARKUP.findall(string)
    ]
    assert adding == []


def untranslated(template):
    """Return what a template says between its tags and in its attributes by itself."""
    text = re.sub(r"(?s){% blocktranslate.*?{% endblocktranslate %}", "", template.read_text())
    text = re.sub(r"(?s)<script.*?</script>|{%.*?%}|{{.*?}}", "", text)
    found = re.findall(r">([^<]*)<|(?:alt|title|placeholder|aria-label)=\"([^\"]*)\"", text)
    spoken = {" ".join(words).strip() for words in found}
    return {words for words in spoken if re.search(r"\w{2}", words)}


@pytest.mark.parametrize(
    "template",
    sorted([*TEMPLATES.glob("*.html"), *(TEMPLATES / "idp").glob("*.html")]),
    ids=lambda path: path.name,
)
def test_no_page_says_anything_past_the_catalogues(template):
    names = {"Countersign", "Countersign · Countersign", "UTC"}
    frames_that_nobody_sees = {"Session state"}
    assert untranslated(template) <= names | frames_that_nobody_sees
