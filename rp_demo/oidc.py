"""The code flow as a relying party. OpenID Connect Core 3.1; RFC 7636; RFC 9207; RFC 9700.

Free of Django, so that the native sample uses the same flow.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from authlib.oauth2.base import OAuth2Error
from authlib.oauth2.client import OAuth2Client

from rp_demo import id_token, signed_token
from rp_demo.provider import Metadata, Provider
from rp_demo.registration import Registration, Requirement
from rp_demo.transport import FormSession, Unreachable, get_json

REQUEST_LIFETIME = timedelta(minutes=20)


class AuthorizationRefused(Exception):  # noqa: N818 - the provider's verdict
    """The provider answered with an error. OpenID Connect Core 3.1.2.6."""

    def __init__(self, code: str) -> None:
        """Keep the error code; what else came in the response is not shown to anybody."""
        super().__init__(code)
        self.code = code


class ResponseRejected(Exception):  # noqa: N818 - our own verdict
    """The response is not the answer to what this browser asked."""


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """One request under way; kept by the browser that started it, under its `state`."""

    nonce: str = field(repr=False)
    code_verifier: str = field(repr=False)
    requirement: Requirement
    started_at: datetime

    def to_session(self) -> dict[str, Any]:
        """Return JSON for the session."""
        return {
            "nonce": self.nonce,
            "verifier": self.code_verifier,
            "asked": self.requirement.to_session(),
            "at": int(self.started_at.timestamp()),
        }

    @classmethod
    def from_session(cls, kept: Mapping[str, Any]) -> AuthorizationRequest:
        """Read what `to_session` wrote."""
        return cls(
            nonce=kept["nonce"],
            code_verifier=kept["verifier"],
            requirement=Requirement.from_session(kept["asked"]),
            started_at=datetime.fromtimestamp(kept["at"], UTC),
        )


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a finished flow gave: tokens, and the claims that were checked."""

    claims: dict[str, Any]
    id_token: str = field(repr=False)
    access_token: str = field(repr=False)


def begin(
    provider: Provider,
    registration: Registration,
    requirement: Requirement,
    *,
    now: datetime,
    login_hint: str = "",
) -> tuple[str, str, AuthorizationRequest]:
    """Return the URL to send the browser to, the `state`, and what to remember under it."""
    request = AuthorizationRequest(
        nonce=secrets.token_urlsafe(32),
        code_verifier=secrets.token_urlsafe(48),
        requirement=requirement,
        started_at=now,
    )
    url, state = _client(provider, registration).create_authorization_url(
        provider.metadata().authorization_endpoint,
        state=secrets.token_urlsafe(32),
        code_verifier=request.code_verifier,
        nonce=request.nonce,
        acr_values=" ".join(requirement.acr_values) or None,
        max_age=None if requirement.seconds is None else str(requirement.seconds),
        login_hint=login_hint or None,
    )
    return url, state, request


def finish(
    provider: Provider,
    registration: Registration,
    request: AuthorizationRequest,
    parameters: Mapping[str, str],
    *,
    now: datetime,
) -> Tokens:
    """Redeem the code of an authorization response and return what may be believed.

    The caller has found `request` by the response's `state` and has forgotten it there.

    Raises:
        ResponseRejected: not an answer to `request`, or from another provider.
        AuthorizationRefused: the provider says no.
        TokenRejected: the token endpoint's ID token fails a check.
        Unreachable: the provider does not answer.
    """
    metadata = provider.metadata()
    _check_response(metadata, parameters)
    if now - request.started_at > REQUEST_LIFETIME:
        message = "the request is too old"
        raise ResponseRejected(message)
    if "error" in parameters:
        raise AuthorizationRefused(parameters["error"])
    token = _redeem(provider, registration, request, parameters.get("code", ""))
    claims = id_token.validate(
        token["id_token"],
        keys=provider.keys(signed_token.key_id(token["id_token"])),
        registration=registration,
        nonce=request.nonce,
        requirement=request.requirement,
        access_token=token["access_token"],
        now=now,
    )
    return Tokens(claims, id_token=token["id_token"], access_token=token["access_token"])


def display_name(provider: Provider, tokens: Tokens) -> str:
    """Return the person's name from the userinfo endpoint; empty if it gives none.

    A name is a courtesy of the page: its absence never ends a sign-in. An answer about
    another `sub` is thrown away (OpenID Connect Core 5.3.2).
    """
    endpoint = provider.metadata().userinfo_endpoint
    if not endpoint:
        return ""
    headers = {"Authorization": f"Bearer {tokens.access_token}"}
    try:
        answer = get_json(provider.transport, endpoint, headers)
    except Unreachable:
        return ""
    if answer.get("sub") != tokens.claims["sub"]:
        return ""
    name = answer.get("name") or answer.get("preferred_username") or ""
    return str(name)[:80]


def introspect(provider: Provider, registration: Registration, token: str) -> dict[str, Any]:
    """Return what the provider says about an access token. RFC 7662 2.

    Raises:
        Unreachable: it says nothing usable.
    """
    endpoint = provider.metadata().introspection_endpoint
    answer = _client(provider, registration).introspect_token(
        endpoint,
        token=token,
        token_type_hint="access_token",  # noqa: S106 - RFC 7662 2.1
    )
    answer.raise_for_status()
    try:
        said = answer.json()
    except ValueError as error:
        message = "the introspection answer is not JSON"
        raise Unreachable(message) from error
    return said if isinstance(said, dict) else {}


def logout_url(
    provider: Provider, registration: Registration, *, hint: str, return_to: str, state: str
) -> str:
    """Return where RP-initiated logout begins; `return_to` if the provider offers none."""
    endpoint = provider.metadata().end_session_endpoint
    if not endpoint:
        return return_to
    asked = {
        "id_token_hint": hint,
        "client_id": registration.client_id,
        "post_logout_redirect_uri": return_to,
        "state": state,
    }
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"


def _client(provider: Provider, registration: Registration) -> OAuth2Client:
    return OAuth2Client(
        FormSession(provider.transport),
        client_id=registration.client_id,
        client_secret=registration.client_secret or None,
        scope=registration.scope,
        redirect_uri=registration.redirect_uri,
        code_challenge_method="S256",
    )


def _check_response(metadata: Metadata, parameters: Mapping[str, str]) -> None:
    """Refuse a response that another provider may have sent (mix-up). RFC 9207 2.4."""
    said = parameters.get("iss")
    if said is None and metadata.names_issuer_in_response:
        message = "the response does not name its issuer"
        raise ResponseRejected(message)
    if said is not None and not hmac.compare_digest(said.encode(), metadata.issuer.encode()):
        message = "the response is from another issuer"
        raise ResponseRejected(message)


def _redeem(
    provider: Provider, registration: Registration, request: AuthorizationRequest, code: str
) -> dict[str, Any]:
    if not code:
        message = "the response holds neither code nor error"
        raise ResponseRejected(message)
    try:
        token = _client(provider, registration).fetch_token(
            provider.metadata().token_endpoint,
            grant_type="authorization_code",
            code=code,
            code_verifier=request.code_verifier,
        )
    except OAuth2Error as error:
        raise AuthorizationRefused(str(error.error)) from error
    except ValueError as error:
        message = "the token endpoint's answer cannot be read"
        raise Unreachable(message) from error
    for name in ("id_token", "access_token"):
        if not isinstance(token.get(name), str):
            message = f"the token endpoint gave no {name}"
            raise Unreachable(message)
    if str(token.get("token_type", "")).lower() != "bearer":
        message = "the access token is of an unknown type"
        raise Unreachable(message)
    return dict(token)
