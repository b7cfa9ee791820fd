"""The end of a session, whoever asked for it: its clients are told, and the person is.

OpenID Connect Front-Channel Logout 1.0 3 and Back-Channel Logout 1.0 2.5; OIDC.md G2, K3.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from idp.authentication import session
from idp.authentication.session import Current
from idp.models import LogoutNotice
from idp.oauth import logout_frames
from idp.tasks import deliver_soon

FRAMES = "countersign.frames"
"""Where this page leaves the origins that it frames; BrowserSecurity allows these alone."""


def sign_out(
    request: HttpRequest, current: Current | None, *, redirect_uri: str = "", client_name: str = ""
) -> HttpResponse:
    """End the session, if there is one; then go to `redirect_uri`, or say so on a page.

    Where clients listen in the browser, the page comes first: it loads theirs, and goes on.
    """
    frames: tuple[logout_frames.Frame, ...] = ()
    notices: list[UUID] = []
    if current is not None:
        notices = session.end(current.session) or []
        deliver_soon(notices)
        frames = logout_frames.frames(current.session)
    if redirect_uri and not frames:
        response = HttpResponse(status=303, headers={"Location": redirect_uri})
    else:
        request.META[FRAMES] = " ".join(sorted({frame.origin for frame in frames}))
        context = {
            "frames": frames,
            "told": _names(frames, notices),
            "redirect_uri": redirect_uri,
            "client_name": client_name,
        }
        response = render(request, "idp/signed_out.html", context)
    session.forget(response)
    return response


def _names(frames: Iterable[logout_frames.Frame], notices: list[UUID]) -> list[str]:
    """Return the clients that are told, in the browser or behind it."""
    behind = LogoutNotice.objects.filter(pk__in=notices).values_list("client__name", flat=True)
    return sorted({*behind, *(frame.client_name for frame in frames)})
