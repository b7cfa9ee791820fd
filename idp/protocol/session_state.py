"""What a client compares to learn whether the person's session changed.

OpenID Connect Session Management 1.0 3.2: a hash of the client, its origin, the browser's
state at this provider and a salt. The page that answers clients computes the same.
"""

from __future__ import annotations

import hashlib


def session_state(*, client_id: str, origin: str, browser_state: str, salt: str) -> str:
    """Return the value; it tells a client nothing about the state that it depends on."""
    content = f"{client_id} {origin} {browser_state} {salt}"
    return f"{hashlib.sha256(content.encode()).hexdigest()}.{salt}"
