"""What the agent's pages may do, as response headers. AGENT-PROTOCOL, "Page"; OIDC.md G2-G4."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpResponse


def restrict(response: HttpResponse, *, camera: bool = False, simulated_camera: str = "") -> None:
    """Let the page run its own scripts and talk to its own server, and nothing else.

    `camera` opens the camera, for the capture page alone; `simulated_camera` is the address
    of a demonstration's simulated telephone.
    """
    connect = "'self'"
    if simulated_camera:
        parts = urlsplit(simulated_camera)
        connect += f" {parts.scheme}://{parts.netloc}"
    response["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'self'; style-src 'self'; "
        "img-src 'self' blob: data:; media-src 'self' blob:; "
        f"connect-src {connect}; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
    )
    response["Permissions-Policy"] = (
        f"camera={'(self)' if camera else '()'}, microphone=(), geolocation=(), "
        "display-capture=(), publickey-credentials-get=(self), publickey-credentials-create=(self)"
    )
    # A page in a history or a shared cache would show who was asked for what.
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
