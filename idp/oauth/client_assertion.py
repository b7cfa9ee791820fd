"""Client authentication by a signed assertion. RFC 7523 2.2, 3; OpenID Connect Core 9; OIDC.md C3.

Authlib decodes with its default algorithms and pins none to a client (defect 14).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from django.core.cache import cache
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OctKey

from idp.models import Client
from idp.oauth import client_keys, clients, unverified
from idp.oauth.jose import Pinned
from idp.policy import get_policy
from idp.protocol import opaque
from idp.protocol.algorithms import ASSERTION
from idp.protocol.numeric_date import is_numeric_date

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_LIFETIME = 600
SKEW = 60
LONGEST_IDENTIFIER = 512


def authenticate(assertion: str, client_id: str) -> Client | None:
    """Return the client that signed `assertion`; None where anything is amiss.

    `client_id` is what the form says besides, or empty. An assertion serves once, in
    whichever process it arrives.
    """
    header, claims = unverified.parts(assertion)
    named = claims.get("sub")
    if header is None or not isinstance(named, str) or client_id not in {"", named}:
        return None
    client = clients.read(named)
    if client is None:
        return None
    allowed = ASSERTION.get(client.token_endpoint_auth_method, ())
    if pinned := client.token_endpoint_auth_signing_alg:
        allowed = tuple(name for name in allowed if name == pinned)
    algorithm = header.get("alg")
    if algorithm not in allowed:
        return None
    try:
        keys = _keys(client, algorithm, str(header.get("kid", "")))
        found = jwt.decode(assertion, keys, registry=Pinned(algorithm)).claims
    except (client_keys.NoKeyError, JoseError, ValueError):
        return None
    return client if _holds(found, client) and _first_use(found, client) else None


def _keys(client: Client, algorithm: str, kid: str) -> KeySet | OctKey:
    if client.token_endpoint_auth_method == Client.AuthMethod.SECRET_JWT:
        return OctKey.import_key(client.open_secret())
    return client_keys.verification_keys(client, kid=kid, algorithm=algorithm)


def _holds(claims: Mapping[str, Any], client: Client) -> bool:
    """Return whether the assertion is from this client, to us, now. RFC 7523 3."""
    now, policy = time.time(), get_policy()
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    ours = {policy.issuer, policy.url("/token")}
    times = [claims.get("exp"), claims.get("nbf", now), claims.get("iat", now)]
    if not named or not all(isinstance(one, str) and one in ours for one in named):
        return False
    if not all(map(is_numeric_date, times)):
        return False
    expires_at, not_before, issued_at = times
    return (
        claims.get("iss") == claims.get("sub") == client.client_id
        and now - SKEW < expires_at <= now + LONGEST_LIFETIME + SKEW
        and max(not_before, issued_at) <= now + SKEW
    )


def _first_use(claims: Mapping[str, Any], client: Client) -> bool:
    """Use the assertion's identifier up; False for a replay. One atomic SET NX in Redis."""
    identifier = claims.get("jti")
    if not isinstance(identifier, str) or not 0 < len(identifier) <= LONGEST_IDENTIFIER:
        return False
    key = f"idp:client-assertion:{opaque.digest(f'{client.pk} {identifier}')}"
    return bool(cache.add(key, 1, claims["exp"] - time.time() + 2 * SKEW))
