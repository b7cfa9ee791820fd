"""Protocol values in plain words, for the person in front of the page."""

from __future__ import annotations

from collections.abc import Iterable

from idp.protocol.acr import RUNGS

SCOPES = {
    "openid": "An identifier, to recognise you",
    "profile": "Your name and public profile",
    "email": "Your email address",
    "phone": "Your phone number",
    "address": "Your postal address",
    "offline_access": "Access while you are away, until you take it back",
}
LEVELS = {
    0: "Not confirmed recently",
    1: "Level 1, basic: one factor",
    2: "Level 2, confirmed: a device or two factors",
    3: "Level 3, strong: two factors bound to your device",
    4: "Level 4, highest: certified device and identity proofed on site",
}


def scopes(names: Iterable[str]) -> list[str]:
    """Return each scope as a sentence, known ones first; an unknown one under its own name."""
    asked = set(names)
    known = [sentence for name, sentence in SCOPES.items() if name in asked]
    return known + [f"Access to “{name}”" for name in sorted(asked - SCOPES.keys())]


def level(acr: str) -> str:
    """Return what an `acr` value asks for, or an empty string when there is nothing to say."""
    rung = RUNGS.get(acr)
    if rung is None or (rung.level < 2 and not rung.phishing_resistant):  # noqa: PLR2004
        return ""
    if rung.phishing_resistant:
        return "a phishing-resistant sign-in"
    words = f"a confirmation at level {rung.level}"
    return f"{words} with a verified face" if rung.remote_biometric else words
