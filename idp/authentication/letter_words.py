"""What the letters say: a subject and a few sentences for each kind. R-9.4-9."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _lazy

from idp.models import Letter

Kind = Letter.Kind

GREETING = _lazy("Hello %(name)s,")
WARNING = _lazy(
    "If this was not you, sign in and look at your account now, or tell your help desk:"
)
CLOSING = _lazy("Nobody from us ever asks for your password, your codes or your face by email.")

WORDS: dict[str, tuple[Promise, Promise]] = {
    Kind.RECOVERY: (
        _lazy("Recover your account"),
        _lazy(
            "somebody who cannot sign in asked to recover your account. If it was you, open this "
            "link in the browser in which you asked. It works once, and for 15 minutes:"
        ),
    ),
    Kind.CONFIRM_ADDRESS: (
        _lazy("Confirm your email address"),
        _lazy(
            "is this your address? Then open this link in the browser in which you are signed in. "
            "It works for a day:"
        ),
    ),
    Kind.RECOVERED: (
        _lazy("Your account was recovered"),
        _lazy(
            "your account was recovered. You were signed out everywhere, and for a while no "
            "sign-in counts above level 2."
        ),
    ),
    Kind.PASSWORD_CHANGED: (
        _lazy("Your password was changed"),
        _lazy("the password of your account was changed. You were signed out everywhere."),
    ),
    Kind.PASSKEY_ADDED: (
        _lazy("A passkey was added"),
        _lazy("a new passkey can sign in to your account."),
    ),
    Kind.CODE_APP_ADDED: (
        _lazy("An app for one-time codes was added"),
        _lazy("a new app makes one-time codes for your account."),
    ),
    Kind.RECOVERY_CODES_MADE: (
        _lazy("New recovery codes were made"),
        _lazy("ten new recovery codes were made for your account. Earlier ones stopped working."),
    ),
    Kind.RECOVERY_CODE_USED: (
        _lazy("A recovery code was used"),
        _lazy("one of your recovery codes was used. For a while no sign-in counts above level 2."),
    ),
}
IGNORE = _lazy("If it was not you, do nothing: without the link nothing changes.")
