"""Logout tokens: the message that a session has ended. OpenID Connect Back-Channel Logout 1.0 2.4.

RFC 8417 2.2 (`events`); RFC 8725 3.11 (typ); OIDC.md K1. No `nonce`, and a `typ` of its own:
no party takes one for an ID token.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from idp.models import LogoutNotice
from idp.oauth import jose
from idp.policy import get_policy

TYP = "logout+jwt"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
LIFETIME = timedelta(minutes=2)


def logout_token(notice: LogoutNotice, *, now: datetime) -> str:
    """Return a token for the notice's client, signed and encrypted as its ID tokens are.

    `sid` is in each, not only where `backchannel_logout_session_required` asks for it: other
    sessions of the same person go on.

    Raises:
        ProtocolError: the client registered encryption and has no key for it.
    """
    client, issued_at = notice.client, int(now.timestamp())
    claims = {
        "iss": get_policy().issuer,
        "aud": client.client_id,
        "iat": issued_at,
        "exp": issued_at + int(LIFETIME.total_seconds()),
        "jti": str(uuid.uuid4()),
        "events": {EVENT: {}},
        "sub": notice.subject,
        "sid": notice.sid,
    }
    return jose.for_client(
        claims,
        client,
        typ=TYP,
        algorithm=client.id_token_signed_response_alg,
        key_management=client.id_token_encrypted_response_alg,
        content_encryption=client.id_token_encrypted_response_enc,
    )
