"""What somebody was about to send when more of their sign-in was asked first. RFC 9470.

Kept for their session alone, sealed under a handle that only the browser has, and for as long
as a sign-in may take. A form with a password in it is not kept.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpRequest

from idp import sealing
from idp.models import Session
from idp.policy import get_policy
from idp.protocol import opaque

LONGEST = 200_000
_OURS = "csrfmiddlewaretoken"


@dataclass(frozen=True, slots=True)
class KeptForm:
    """Where a form was sent to, and its fields in order."""

    path: str
    fields: tuple[tuple[str, str], ...]


def keep(request: HttpRequest, session: Session) -> str:
    """Keep the form of `request`; return its handle, or an empty string when it is not kept."""
    fields = [
        (name, value) for name, values in request.POST.lists() for value in values if name != _OURS
    ]
    clear = json.dumps([request.get_full_path(), fields]).encode()
    if len(clear) > LONGEST or any("password" in name for name, _ in fields):
        return ""
    handle = opaque.new()
    sealed = sealing.seal(
        clear, purpose=sealing.KEPT_FORMS, identifier=str(session.pk), opener=handle
    )
    cache.set(_key(session, handle), sealed, get_policy().interaction_lifetime.total_seconds())
    return handle


def find(session: Session, handle: str) -> KeptForm | None:
    """Return the form that is kept for this session under `handle`."""
    sealed = cache.get(_key(session, handle))
    if sealed is None:
        return None
    clear = sealing.unseal(
        sealed, purpose=sealing.KEPT_FORMS, identifier=str(session.pk), opener=handle
    )
    path, fields = json.loads(clear)
    return KeptForm(path, tuple((name, value) for name, value in fields))


def _key(session: Session, handle: str) -> str:
    return f"idp:kept-form:{session.pk}:{opaque.digest(handle)}"
