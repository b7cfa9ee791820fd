"""ID tokens: what they say, and how ours are recognised. OpenID Connect Core 2, 3.1.3.6, 12.2.

RFC 8725 3.1 (algorithms pinned), 3.11 (typ).
"""

from __future__ import annotations

import time
from typing import Any

from authlib.oidc.core import OpenIDToken
from joserfc import jwt
from joserfc.errors import JoseError

from idp import keys
from idp.models import Client, Grant, User
from idp.oauth.form_request import FormRequest
from idp.oauth.userinfo import person_claims
from idp.policy import get_policy
from idp.protocol import claims


class IdToken(OpenIDToken):
    """Add an ID token to a token response whose scope has ``openid``."""

    def get_compatible_claims(self, request: FormRequest) -> dict[str, Any]:
        """Return the claims; those of the authentication stay as they were at a refresh."""
        source = request.authorization_code or request.refresh_token
        grant: Grant = source.grant
        now = int(time.time())
        person = person_claims(grant.user) if grant.user else {}
        asked = claims.released(person, (), grant.claims.get("id_token", ()))
        found = asked | {
            "iss": get_policy().issuer,
            "aud": request.client.client_id,
            "iat": now,
            "exp": now + int(get_policy().id_token_lifetime.total_seconds()),
            "sub": grant.subject,
            "acr": grant.acr,
            "amr": grant.amr,
        }
        if grant.auth_time:
            found["auth_time"] = int(grant.auth_time.timestamp())
        if grant.session_id:
            found["sid"] = str(grant.session_id)
        return found

    def generate_user_info(self, _user: User, _scope: str) -> dict[str, str]:
        """Return nothing more: what scopes open is at the userinfo endpoint (Core 5.4)."""
        return {}

    def get_encode_header(self, client: Client) -> dict[str, str]:
        """Name the key."""
        algorithm = client.id_token_signed_response_alg
        return {"alg": algorithm, "typ": "JWT", "kid": keys.signing_key(algorithm).kid or ""}

    def resolve_client_private_key(self, client: Client) -> keys.Key:
        """Return the key that signs now with the client's algorithm."""
        return keys.signing_key(client.id_token_signed_response_alg)


def read_hint(token: str) -> dict[str, Any] | None:
    """Return the claims of an ID token that this provider issued; None for anything else.

    An expired one is still a hint (Core 3.1.2.1). Another kind of JWT is not (RFC 8725 3.12).
    """
    allowed = list(get_policy().id_token_signing_algorithms)
    try:
        decoded = jwt.decode(token, keys.verification_keys(), algorithms=allowed)
    except (JoseError, ValueError):
        return None
    found = decoded.claims
    is_id_token = decoded.header.get("typ") == "JWT" and "events" not in found
    is_ours = found.get("iss") == get_policy().issuer
    whole = isinstance(found.get("sub"), str) and isinstance(found.get("aud"), str)
    return dict(found) if is_id_token and is_ours and whole else None
