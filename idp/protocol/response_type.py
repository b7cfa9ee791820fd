"""Response types, and the response modes that suit them.

OAuth 2.0 Multiple Response Type Encoding Practices 2, 3, 5; OpenID Connect Core 3.3; OAuth 2.0
Form Post Response Mode.
"""

from __future__ import annotations

RESPONSE_TYPES = (
    "code",
    "id_token",
    "id_token token",
    "code id_token",
    "code token",
    "code id_token token",
)
"""Every type that a client may be registered for; ``code`` is all that one has by default.

``token`` alone is missing on purpose: it has no ID token to bind it (RFC 9700 2.1.2).
"""

RESPONSE_MODES = ("query", "fragment", "form_post")
_BY_WORDS = {frozenset(name.split()): name for name in RESPONSE_TYPES}


def normalised(asked: str) -> str:
    """Return the type under its usual name, since the words have no order; '' if unknown."""
    words = asked.split(" ")
    return _BY_WORDS.get(frozenset(words), "") if len(set(words)) == len(words) else ""


def is_front_channel(response_type: str) -> bool:
    """Return whether the authorization endpoint itself hands out a token."""
    return response_type != "code"


def default_mode(response_type: str) -> str:
    """Return the mode of a request that names none."""
    return "fragment" if is_front_channel(response_type) else "query"


def suits(mode: str, response_type: str) -> bool:
    """Return whether `mode` may carry the answer: tokens never travel in a query (section 5)."""
    return mode in RESPONSE_MODES and (mode != "query" or not is_front_channel(response_type))
