"""How a client wishes the pages to be shown: ``ui_locales`` and ``display``.

OpenID Connect Core 3.1.2.1; BCP 47 and RFC 4647 3.4 (the first wished language that there is).
A wish that cannot be met changes nothing.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping

from django.http import HttpRequest
from django.utils import translation

from idp.oauth.metadata import DISPLAYS

DISPLAY = "countersign.display"
"""Where a request keeps the display for the template and for the headers (BrowserSecurity)."""
MOST_LANGUAGES = 20
_TAG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,6}")


def present(request: HttpRequest, parameters: Mapping[str, object]) -> None:
    """Show this request's pages as the authorization request in `parameters` wishes."""
    display = str(parameters.get("display", ""))
    if display in DISPLAYS:
        request.META[DISPLAY] = display
    speak(str(parameters.get("ui_locales", "")))


def speak(ui_locales: str) -> None:
    """Activate the first wished language that there is; else the browser's stays."""
    for tag in ui_locales.split()[:MOST_LANGUAGES]:
        if not _TAG.fullmatch(tag):
            continue
        with contextlib.suppress(LookupError):
            translation.activate(translation.get_supported_language_variant(tag.lower()))
            return
