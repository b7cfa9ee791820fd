"""What every page may say about the deployment and the way it is shown."""

from __future__ import annotations

from django.http import HttpRequest

from idp.endpoints.presentation import DISPLAY
from idp.policy import get_policy


def deployment(request: HttpRequest) -> dict[str, object]:
    """Tell pages the assurance profile: a self-assessed one is labelled wherever a level shows."""
    return {
        "self_assessed_profile": get_policy().profile == "self-assessed",
        "display": request.META.get(DISPLAY, ""),
    }
