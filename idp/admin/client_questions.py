"""The questions before a client is added: four answers fill in the form. RFC 9700 2."""

from __future__ import annotations

from typing import Any, NamedTuple

from django import forms
from django.http import HttpRequest

from idp.policy import get_policy
from idp.protocol.client_defaults import Answers, Kind

BY_HAND = "other"


class Choice(NamedTuple):
    """A kind of application, as an administrator knows it."""

    value: str
    title: str
    text: str


CHOICES = (
    Choice(
        Kind.WEBSITE, "Website with a server", "Pages come from your server; it keeps a secret."
    ),
    Choice(Kind.BROWSER, "Single-page application", "Everything runs in the browser, no server."),
    Choice(Kind.NATIVE, "Native or mobile application", "Installed on a person's own device."),
    Choice(Kind.SERVICE, "Service without people", "A program that calls an API for itself."),
    Choice(BY_HAND, "Something else", "An empty form with every field."),
)
NEEDS = (
    Choice(
        "high_security",
        "High security",
        "Money or medical data: a key instead of a secret where that is possible, and people sign "
        "in at level 2 or more.",
    ),
    Choice(
        "offline",
        "Access while people are away",
        "It goes on with refresh tokens after they have signed out.",
    ),
    Choice(
        "face",
        "The face",
        "People confirm with their face at this provider, or at the same level by a passkey.",
    ),
)


class Questions(forms.Form):
    """What kind of application it is, and what it needs."""

    kind = forms.ChoiceField(
        choices=[(choice.value, choice.title) for choice in CHOICES],
        error_messages={
            "required": "Choose what kind of application it is.",
            "invalid_choice": "Choose what kind of application it is.",
        },
    )
    high_security = forms.BooleanField(required=False)
    offline = forms.BooleanField(required=False)
    face = forms.BooleanField(required=False)

    @classmethod
    def of(cls, request: HttpRequest) -> Questions:
        """Return the answers of a request; its other parameters are the list's filters."""
        return cls(request.GET if cls.base_fields.keys() & request.GET.keys() else None)

    @property
    def answers(self) -> Answers | None:
        """What was said; nothing where the form is to be filled in by hand."""
        if not self.is_valid() or self.cleaned_data["kind"] == BY_HAND:
            return None
        given = dict(self.cleaned_data)
        return Answers(kind=Kind(given.pop("kind")), **given)


def filled_in(answers: Answers) -> dict[str, Any]:
    """Return what the form starts with."""
    return answers.defaults(acr_values=get_policy().acr_values)
