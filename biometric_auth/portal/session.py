"""Who is in front of the portal: asked of the provider through a dotted path in the settings."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.module_loading import import_string

from biometric_auth.policy import get_policy

Arguments = ParamSpec("Arguments")
VIEWING_LEVEL = 1


class Person(Protocol):
    """A person as the provider knows them."""

    @property
    def identifier(self) -> str:
        """The subject handle."""
        ...

    @property
    def display_name(self) -> str:
        """The name to show."""
        ...


class SignedInPerson(Protocol):
    """Who is signed in, how strongly right now, and the hash of this browser's cookie."""

    @property
    def subject(self) -> Person:
        """The person."""
        ...

    @property
    def level(self) -> int:
        """The level of assurance that the session has now."""
        ...

    @property
    def browser(self) -> str:
        """SHA-256 (hex) of the browser-binding cookie."""
        ...


Page = Callable[Concatenate[HttpRequest, Arguments], HttpResponse]
PersonalPage = Callable[Concatenate[HttpRequest, SignedInPerson, Arguments], HttpResponse]


def personal(view: PersonalPage[Arguments]) -> Page[Arguments]:
    """Give `view` the signed-in person; anybody else is sent to sign in first."""

    @wraps(view)
    def page(
        request: HttpRequest, /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> HttpResponse:
        read = import_string(get_policy().session_reader)
        person = cast("SignedInPerson | None", read(request))
        if person is None or person.level < VIEWING_LEVEL:
            return sign_in(VIEWING_LEVEL)
        return view(request, person, *args, **kwargs)

    return page


def sign_in(level: int) -> HttpResponse:
    """Send the browser to the provider's sign-in, which leads back to the portal."""
    query = urlencode({"next": reverse("biometric-portal"), "level": level})
    return see_other(f"{get_policy().sign_in_url}?{query}")


def see_other(url: str) -> HttpResponse:
    """Redirect so that the browser asks by GET, whatever it did here. RFC 9110 15.4.4."""
    return HttpResponse(status=303, headers={"Location": url})
