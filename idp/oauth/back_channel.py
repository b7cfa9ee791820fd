"""Tell a client that a session ended. OpenID Connect Back-Channel Logout 1.0 2.5, 2.8; OIDC.md K1.

One attempt at a time, each with a token of its own. 200 and 204 are success; anything else is
tried again (`idp.models.logout_notice`), also a 400: it may mean that the logout failed, or
that the client did not know our newest key yet.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from idp import fetching
from idp.fetching import FetchError
from idp.models import LogoutNotice, SecurityEvent
from idp.oauth import subjects
from idp.oauth.logout_token import logout_token
from idp.protocol.errors import ProtocolError

SUCCESS = (200, 204)


def deliver(notice_id: UUID, *, now: datetime) -> bool:
    """Make the attempt that is due, if one is; True when the client has accepted it."""
    notice = LogoutNotice.objects.claim(notice_id, now)
    if notice is None:
        return False
    address = notice.client.backchannel_logout_uri if notice.client.is_active else ""
    outcome = _attempt(notice, address, now) if address else "no address"
    delivered = outcome in map(str, SUCCESS)
    held = notice.record(outcome, delivered=delivered, lasting=not address, now=now)
    if held and notice.state == LogoutNotice.State.GIVEN_UP:
        SecurityEvent.record(
            "logout.not_delivered",
            subject=subjects.internal(notice.subject, notice.client),
            client=notice.client.client_id,
            notice=str(notice.pk),
            outcome=outcome,
        )
    return delivered


def _attempt(notice: LogoutNotice, address: str, now: datetime) -> str:
    """Return the status of the client's answer, or the reason why there was none."""
    try:
        form = {"logout_token": logout_token(notice, now=now)}
        answer = fetching.post_form(address, form)
    except FetchError as error:
        return error.reason
    except ProtocolError:
        return "no encryption key"
    return str(answer.status)
