"""What every page may say about the deployment and the way it is shown."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from idp.authentication import session
from idp.endpoints.presentation import DISPLAY
from idp.protocol.assurance import STRICT


def deployment(request: HttpRequest) -> dict[str, object]:
    """Tell pages the assurance profile: a self-assessed one is labelled wherever a level shows."""
    return {
        # Asked for by pages that show a level; an error page must do without the database.
        "self_assessed_profile": SimpleLazyObject(lambda: session.assurance_policy() != STRICT),
        "display": request.META.get(DISPLAY, ""),
    }
