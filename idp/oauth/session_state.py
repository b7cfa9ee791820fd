"""`session_state` of authorization responses. OpenID Connect Session Management 1.0 2, 3.2."""

from __future__ import annotations

import secrets

from idp.protocol import session_state as rule
from idp.protocol import web_uri

_SALT_BYTES = 16


def session_state(client_id: str, redirect_uri: str, browser_state: str) -> str:
    """Return the value for the pages of `redirect_uri`; '' where no web page can ask with it.

    `browser_state` is `idp.authentication.session.browser_state`. A native application has no
    origin, so that nothing can be sent to it by ``postMessage``.
    """
    origin = web_uri.origin(redirect_uri)
    if not origin:
        return ""
    return rule.session_state(
        client_id=client_id,
        origin=origin,
        browser_state=browser_state,
        salt=secrets.token_hex(_SALT_BYTES),
    )


def parameters(client_id: str, redirect_uri: str, browser_state: str) -> dict[str, str]:
    """Return what is added to a response."""
    value = session_state(client_id, redirect_uri, browser_state)
    return {"session_state": value} if value else {}
