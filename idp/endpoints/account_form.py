"""What a new account needs: Django's own form, with the claims that clients ask for first.

OpenID Connect Core 5.1 (`given_name`, `family_name`, `email`, `preferred_username`); OIDC.md G7.
"""

from __future__ import annotations

import unicodedata
from typing import Any, ClassVar

from django.contrib.auth.forms import UserCreationForm, UsernameField
from django.contrib.auth.password_validation import get_default_password_validators
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from idp.authentication import password
from idp.authentication.password_change import EndWhatTheOldOneOpened
from idp.models import User

_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_JOINERS = "\u200c\u200d"
"""Of the invisible characters, those that belong to the spelling of names."""


def visible(text: str) -> None:
    """Refuse control characters and marks that turn the direction of what follows.

    Raises:
        ValidationError: there is one.
    """
    if any(unicodedata.category(char) in _INVISIBLE and char not in _JOINERS for char in text):
        raise ValidationError(_("A character in this name cannot be shown."))


class NewAccountForm(UserCreationForm):  # type: ignore[type-arg]  # generic in its stub alone
    """User name, names, address and password of somebody who joins."""

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email")
        field_classes: ClassVar = {"username": UsernameField}
        labels: ClassVar = {
            "username": _lazy("User name"),
            "first_name": _lazy("Given name"),
            "last_name": _lazy("Family name"),
            "email": _lazy("Email address"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say what is needed, and which field of a browser's memory fits."""
        super().__init__(*args, **kwargs)
        for name in ("first_name", "last_name"):
            self.fields[name].validators.append(visible)
        for name in ("first_name", "email"):  # some people have one name
            self.fields[name].required = True
        for name in ("password1", "password2"):
            self.fields[name].validators.append(MaxLengthValidator(password.LONGEST))
        self.fields["password1"].help_text = " ".join(demands())
        self.fields["password2"].help_text = ""
        for name, remembered in (("first_name", "given-name"), ("last_name", "family-name")):
            self.fields[name].widget.attrs["autocomplete"] = remembered
        self.fields["email"].widget.attrs["autocomplete"] = "email"


def demands() -> list[str]:
    """Return what is asked of a first password."""
    validators = get_default_password_validators()
    # One of them has something to say about later passwords only.
    asking = [v for v in validators if not isinstance(v, EndWhatTheOldOneOpened)]
    return [validator.get_help_text() for validator in asking]
