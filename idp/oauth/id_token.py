"""ID tokens: what they say, and how ours are recognised. OpenID Connect Core 2, 12.2.

OpenID Connect Core 3.1.3.6 and 3.3.2.11 (what stands beside a token is bound to it);
RFC 8725 3.1 (algorithms pinned), 3.11 (typ).
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from authlib.oidc.core.util import create_half_hash
from joserfc import jwt
from joserfc.errors import JoseError

from idp import keys
from idp.models import Client, Grant
from idp.oauth import assurance_claim, jose
from idp.oauth.userinfo import person_claims
from idp.policy import get_policy
from idp.protocol import claims


def id_token(
    grant: Grant,
    client: Client,
    *,
    nonce: str = "",
    access_token: str = "",
    code: str = "",
    scopes: Iterable[str] = (),
) -> str:
    """Return an ID token for `client` about the authentication behind `grant`.

    `nonce` as the client sent it; `access_token` and `code` that stand beside it in a
    response are bound to it. What scopes open is at the userinfo endpoint; `scopes` names
    those whose claims are here, because no access token goes with them (Core 5.4).

    Raises:
        ProtocolError: it is to be encrypted, and the client has no key for that.
    """
    algorithm, now = client.id_token_signed_response_alg, int(time.time())
    person = person_claims(grant.user) if grant.user else {}
    found = claims.released(person, scopes, grant.claims.get("id_token")) | {
        "iss": get_policy().issuer,
        "aud": client.client_id,
        "iat": now,
        "exp": now + int(get_policy().id_token_lifetime.total_seconds()),
        "sub": grant.subject,
        "acr": grant.acr,
        "amr": grant.amr,
    }
    found |= assurance_claim.of(grant, grant.scope.split())
    if grant.auth_time:
        found["auth_time"] = int(grant.auth_time.timestamp())
    if grant.sid:
        found["sid"] = grant.sid
    if nonce:
        found["nonce"] = nonce
    for name, value in (("at_hash", access_token), ("c_hash", code)):
        if value:
            found[name] = create_half_hash(value, algorithm).decode()
    return jose.for_client(
        found,
        client,
        typ="JWT",
        algorithm=algorithm,
        key_management=client.id_token_encrypted_response_alg,
        content_encryption=client.id_token_encrypted_response_enc,
    )


def read_hint(token: str) -> dict[str, Any] | None:
    """Return the claims of an ID token that this provider issued; None for anything else.

    An expired one is still a hint (Core 3.1.2.1). Another kind of JWT is not (RFC 8725 3.12):
    logout tokens have events, signed userinfo never expires, the others have a `typ`.
    """
    allowed = jose.Pinned(*get_policy().id_token_signing_algorithms)
    try:
        decoded = jwt.decode(token, keys.verification_keys(), registry=allowed)
    except (JoseError, ValueError):
        return None
    found = decoded.claims
    typed = decoded.header.get("typ") == "JWT"
    is_id_token = typed and "exp" in found and "events" not in found
    is_ours = found.get("iss") == get_policy().issuer
    whole = isinstance(found.get("sub"), str) and isinstance(found.get("aud"), str)
    return dict(found) if is_id_token and is_ours and whole else None
