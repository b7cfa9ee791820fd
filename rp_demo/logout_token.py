"""Logout token validation. OpenID Connect Back-Channel Logout 1.0 2.6; RFC 8417 2.2.

Pure, but for the memory of tokens that were used: `rp_demo.ended`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from joserfc.jwk import KeySet

from rp_demo.registration import Registration
from rp_demo.signed_token import LONGEST_SUBJECT, check_lifetime, number, require, text, verified

EVENT = "http://schemas.openid.net/event/backchannel-logout"
TYP = "logout+jwt"


@dataclass(frozen=True, slots=True)
class Logout:
    """Whose session ended: the one of `sid`, or without one every session of `subject`."""

    token_id: str
    subject: str
    sid: str
    issued_at: float


def validate(token: str, *, keys: KeySet, registration: Registration, now: datetime) -> Logout:
    """Return what a token says that may be believed, once.

    Raises:
        TokenRejected: a check of section 2.6 fails.
    """
    _, claims = verified(token, keys, registration, kind=TYP)
    check_lifetime(claims, now)
    events = claims.get("events")
    is_logout = isinstance(events, dict) and isinstance(events.get(EVENT), dict)
    require(is_logout, "events", "tell of no logout")
    # With one it could be an ID token in disguise (section 4.1).
    require("nonce" not in claims, "nonce", "is in an ID token, never here")
    subject, sid = (text(claims, name) if name in claims else "" for name in ("sub", "sid"))
    require(bool(subject or sid), "sid", "is missing, and sub as well")
    require(max(len(subject), len(sid)) <= LONGEST_SUBJECT, "sid", "is too long")
    return Logout(text(claims, "jti"), subject, sid, number(claims, "iat"))
