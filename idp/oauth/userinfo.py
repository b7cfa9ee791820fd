"""The userinfo answer, and access tokens as they arrive. OpenID Connect Core 5.3; RFC 6750 2, 3.

Authlib's protector reads the header only, and its userinfo endpoint does not run on Django
(OIDC.md 2.4, defects 2 and 13).
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from idp.models import AccessToken, User
from idp.oauth import assurance_claim, jose
from idp.oauth.form_request import FORM
from idp.policy import get_policy
from idp.protocol import claims, opaque, parameters
from idp.protocol.errors import ErrorCode, ProtocolError


def presented_token(request: HttpRequest) -> str:
    """Return the access token from the header or the form; an empty string without one.

    Raises:
        ProtocolError: in the query, in two places, or in an unreadable form.
    """
    query = parameters.parse(request.META.get("QUERY_STRING", ""))
    if query.repeated or "access_token" in query.values:
        raise ProtocolError(ErrorCode.INVALID_REQUEST, "No access token in the query.")
    form = ""
    if request.method == "POST" and request.content_type == FORM:
        form = parameters.parse(request.body).once().get("access_token", "")
    scheme, _, header = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    header = header.strip() if scheme.lower() == "bearer" else ""
    if form and header:
        raise ProtocolError(ErrorCode.INVALID_REQUEST, "One access token, in one place.")
    return header or form


def live_token(value: str) -> AccessToken | None:
    """Return the row of an access token that may be used now. One query."""
    rows = AccessToken.objects.select_related("grant__user", "grant__client")
    found = rows.filter(
        token_sha256=opaque.digest(value), expires_at__gt=timezone.now(), revoked_at=None
    ).first()
    return found if found and found.grant.is_live() else None


def userinfo(value: str) -> dict[str, Any] | str:
    """Return the claims that an access token opens; a JWT of them to a client that wants one.

    OpenID Connect Core 5.3.2.

    Raises:
        ProtocolError: no live token for this provider, or one without ``openid``; or the claims
            are to be encrypted, and the client has no key for that.
    """
    token = live_token(value)
    if token is None or token.audience:
        raise ProtocolError(ErrorCode.INVALID_TOKEN, "The access token is not valid.")
    scopes = token.scope.split()
    if "openid" not in scopes:
        raise ProtocolError(ErrorCode.INSUFFICIENT_SCOPE, "The scope openid is missing.")
    user = token.grant.user
    if user is None:
        raise ProtocolError(ErrorCode.INVALID_TOKEN, "The access token is not a person's.")
    asked = token.grant.claims.get("userinfo")
    found = {"sub": token.grant.subject} | claims.released(person_claims(user), scopes, asked)
    found |= assurance_claim.at_userinfo(token.grant, scopes)
    client = token.grant.client
    if client.userinfo_signed_response_alg or client.userinfo_encrypted_response_alg:
        return jose.for_client(
            found | {"iss": get_policy().issuer, "aud": client.client_id},
            client,
            typ="JWT",
            algorithm=client.userinfo_signed_response_alg,
            key_management=client.userinfo_encrypted_response_alg,
            content_encryption=client.userinfo_encrypted_response_enc,
        )
    return found


def person_claims(user: User) -> dict[str, Any]:
    """Return everything known of a person, by the names of OpenID Connect Core 5.1."""
    account = {
        "name": user.get_full_name(),
        "given_name": user.first_name,
        "family_name": user.last_name,
        "preferred_username": user.get_username(),
        "email": user.email,
    }
    stored: dict[str, Any] = user.claims
    return account | stored
