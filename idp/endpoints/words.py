"""Protocol values in plain words, for the person in front of the page."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _lazy

from idp.contract import AuthenticationMethod
from idp.protocol.acr import RUNGS

SCOPES = {
    "openid": _lazy("An identifier, to recognise you"),
    "profile": _lazy("Your name and public profile"),
    "email": _lazy("Your email address"),
    "phone": _lazy("Your phone number"),
    "address": _lazy("Your postal address"),
    "assurance_details": _lazy("How surely you were recognised, and by which kinds of proof"),
    "offline_access": _lazy("Access while you are away, until you take it back"),
}
LEVELS = {
    0: _lazy("Not confirmed recently"),
    1: _lazy("Level 1, basic: one factor"),
    2: _lazy("Level 2, confirmed: a device or two factors"),
    3: _lazy("Level 3, strong: two factors bound to your device"),
    4: _lazy("Level 4, highest: certified device and identity proofed on site"),
}
WAYS = {
    "password": (_lazy("Password"), _lazy("Type your password")),
    "passkey": (_lazy("Passkey"), _lazy("Use your device's lock or a security key")),
    "one_time_code": (_lazy("One-time code"), _lazy("Type the code that your app shows")),
    "recovery_code": (_lazy("Recovery code"), _lazy("Type one of the codes that you have kept")),
    "face": (_lazy("Face verification"), _lazy("Show your face to the camera of your device")),
}
"""Name and hint of each method that the product has; another one goes by its own label."""


def scopes(names: Iterable[str]) -> list[str]:
    """Return each scope as a sentence, known ones first; an unknown one under its own name."""
    asked = set(names)
    known = [str(sentence) for name, sentence in SCOPES.items() if name in asked]
    other = sorted(asked - SCOPES.keys())
    return known + [gettext("Access to “%(scope)s”") % {"scope": name} for name in other]


def level(acr: str) -> str:
    """Return what an `acr` value asks for, or an empty string when there is nothing to say."""
    rung = RUNGS.get(acr)
    if rung is None or (rung.level < 2 and not rung.phishing_resistant):  # noqa: PLR2004
        return ""
    if rung.phishing_resistant:
        return gettext("a phishing-resistant sign-in")
    if rung.remote_biometric:
        sentence = gettext("a confirmation at level %(level)d with a verified face")
    else:
        sentence = gettext("a confirmation at level %(level)d")
    return sentence % {"level": rung.level}


def way(method: AuthenticationMethod) -> str:
    """Return the name of a method."""
    return str(WAYS[method.name][0]) if method.name in WAYS else method.label


def hint(method: AuthenticationMethod) -> str:
    """Return what one does to use a method, or an empty string."""
    return str(WAYS[method.name][1]) if method.name in WAYS else ""
