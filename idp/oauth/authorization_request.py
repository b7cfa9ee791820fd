"""Authorization requests, read and judged. OpenID Connect Core 3.1.2.1, 3.1.2.2; RFC 6749 4.1.1.

RFC 7636 4.3, 4.4; RFC 8707 2; RFC 9207; RFC 9700 2.1. Authlib checks less here (OIDC.md 2.4,
defects 3, 5, 9 and 16), so this endpoint is our own. Until client, redirect URI and state are
known to be right an error is a page; from then on it goes to the client.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from idp.models import Client
from idp.oauth import acr_aliases, asked_authentication, clients, request_object, resources
from idp.oauth.profile import Profile
from idp.protocol import claims, response_type
from idp.protocol.claims import ClaimsRequest
from idp.protocol.errors import ErrorCode, ProtocolError
from idp.protocol.interaction import Ask
from idp.protocol.parameters import LONGEST_OF, LONGEST_VALUE, Parameters, check_lengths

KNOWN = frozenset({
    "acr_values", "claims", "claims_locales", "client_id", "code_challenge",
    "code_challenge_method", "display", "id_token_hint", "login_hint", "max_age", "nonce",
    "prompt", "redirect_uri", "resource", "response_mode", "response_type", "scope", "state",
    "ui_locales",
})  # fmt: skip
"""What an interaction keeps to rebuild the request; anything else is ignored (Core 3.1.2.1)."""

INVALID = ErrorCode.INVALID_REQUEST
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Reply:
    """Where the answer goes, and how. `state` is the client's own, returned untouched."""

    redirect_uri: str
    response_mode: str
    state: str


class AuthorizationError(ProtocolError):
    """The request is refused; to the client by `reply`, or on a page where that is None."""

    def __init__(self, code: ErrorCode, description: str, *, reply: Reply | None = None) -> None:
        """Keep the way back, if there is a safe one."""
        super().__init__(code, description)
        self.reply = reply


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A request that may be answered, once the person has done what `ask` needs.

    `acr_called`: by which of its own names the client asked for a value.
    """

    client: Client
    reply: Reply
    response_type: str
    scope: tuple[str, ...]
    resource: str
    nonce: str
    code_challenge: str
    claims: ClaimsRequest
    ask: Ask
    acr_called: Mapping[str, str]
    parameters: dict[str, str]


def validate(given: Parameters, profile: Profile) -> AuthorizationRequest:
    """Return the request that arrived, its request object read.

    Raises:
        AuthorizationError: with a reply as soon as an answer to the client is safe.
    """
    client = _client(given)
    try:
        given = request_object.resolve(given, client)
    except ProtocolError as error:
        raise AuthorizationError(
            error.code, error.description, reply=_safe_reply(given, client)
        ) from error
    return _judge(given, client, profile)


def rebuild(kept: Mapping[str, str], profile: Profile) -> AuthorizationRequest:
    """Return the request that an interaction has kept: read before, judged again.

    Raises:
        AuthorizationError: the client was changed meanwhile.
    """
    given = Parameters(kept, frozenset())
    return _judge(given, _client(given), profile)


def _judge(given: Parameters, client: Client, profile: Profile) -> AuthorizationRequest:
    reply = _reply(given, client)
    asked = response_type.normalised(given.values.get("response_type", ""))
    # Errors travel as the answer would: in the fragment where tokens would be there.
    reply = replace(reply, response_mode=response_type.default_mode(asked or "code"))
    try:
        reply = replace(reply, response_mode=_response_mode(given, reply, asked, profile))
        return _details(given, client, reply, profile)
    except ProtocolError as error:
        raise AuthorizationError(error.code, error.description, reply=reply) from error


def _safe_reply(given: Parameters, client: Client) -> Reply | None:
    """Return the way back that the request names outside its request object, if it is sound."""
    try:
        reply = _reply(given, client)
    except AuthorizationError:
        return None
    asked = response_type.normalised(given.values.get("response_type", ""))
    return replace(reply, response_mode=response_type.default_mode(asked or "code"))


def _client(given: Parameters) -> Client:
    client = clients.find(given.values.get("client_id", ""))
    if client is None or "client_id" in given.repeated:
        raise AuthorizationError(INVALID, "The application is not known here (client_id).")
    return client


def _reply(given: Parameters, client: Client) -> Reply:
    uri, state = given.values.get("redirect_uri", ""), given.values.get("state", "")
    if "redirect_uri" in given.repeated or not client.check_redirect_uri(uri):
        raise AuthorizationError(
            INVALID,
            "The address to return to is missing or not registered (redirect_uri).",
        )
    if "state" in given.repeated or len(state) > LONGEST_OF.get("state", LONGEST_VALUE):
        raise AuthorizationError(
            INVALID, "The state of the request is repeated or too long (state)."
        )
    return Reply(uri, "query", state)


def _response_mode(given: Parameters, reply: Reply, asked: str, profile: Profile) -> str:
    mode = given.values.get("response_mode", reply.response_mode)
    if mode not in profile.response_modes or "response_mode" in given.repeated:
        raise ProtocolError(INVALID, "The response_mode is not supported.")
    if not response_type.suits(mode, asked or "code"):
        raise ProtocolError(INVALID, "A token never travels in a query (response_mode).")
    if mode == "form_post" and not reply.redirect_uri.startswith(("https://", "http://")):
        raise ProtocolError(INVALID, "form_post needs an http or https redirect_uri.")
    return mode


def _details(
    given: Parameters, client: Client, reply: Reply, profile: Profile
) -> AuthorizationRequest:
    values = given.once()
    check_lengths(values)
    if "registration" in values:
        raise ProtocolError(
            ErrorCode.REGISTRATION_NOT_SUPPORTED, "The parameter registration is not supported."
        )
    flow = _response_type(values, client, profile)
    scope = _scope(values, client, flow)
    asked = claims.parse(values["claims"]) if "claims" in values else ClaimsRequest()
    asked = asked.within(client.scope.split())
    levels = acr_aliases.resolve(asked_authentication.acr_names(values, client, asked), client)
    return AuthorizationRequest(
        client=client,
        reply=reply,
        response_type=flow,
        scope=scope,
        resource=_resource(values, scope),
        nonce=_nonce(values, flow),
        code_challenge=_code_challenge(values, client, profile) if "code" in flow.split() else "",
        claims=asked,
        ask=asked_authentication.ask(
            values,
            client,
            frozenset(scope) | asked.scopes,
            asked,
            profile,
            acr_values=levels.values,
        ),
        acr_called=levels.called,
        parameters={name: values[name] for name in KNOWN & values.keys()},
    )


def _response_type(values: Mapping[str, str], client: Client, profile: Profile) -> str:
    if "response_type" not in values:
        raise ProtocolError(INVALID, "The response_type is missing.")
    asked = response_type.normalised(values["response_type"])
    if asked not in profile.response_types:
        raise ProtocolError(
            ErrorCode.UNSUPPORTED_RESPONSE_TYPE, "The response_type is not supported."
        )
    if not client.check_response_type(asked):
        raise ProtocolError(
            ErrorCode.UNAUTHORIZED_CLIENT, "The client may not use this response_type."
        )
    return asked


def _scope(values: Mapping[str, str], client: Client, flow: str) -> tuple[str, ...]:
    """Return what the client may have of what it asks; unknown names are ignored (Core 3.1.2.1).

    ``offline_access`` is granted with the consent that names it, now or earlier, and only
    where a code comes back (Core 11).
    """
    granted = client.get_allowed_scope(values.get("scope", "")).split()
    if not client.check_grant_type("refresh_token") or "code" not in flow.split():
        granted = [name for name in granted if name != "offline_access"]
    if not granted:
        raise ProtocolError(ErrorCode.INVALID_SCOPE, "No scope that the client may have.")
    if "id_token" in flow.split() and "openid" not in granted:
        raise ProtocolError(ErrorCode.INVALID_SCOPE, "An ID token needs the scope openid.")
    return tuple(granted)


def _nonce(values: Mapping[str, str], flow: str) -> str:
    """Return the nonce; an ID token that comes through the browser must have one (Core 3.2.2.1)."""
    if "nonce" not in values and "id_token" in flow.split():
        raise ProtocolError(INVALID, "The nonce is missing.")
    return values.get("nonce", "")


def _resource(values: Mapping[str, str], scope: tuple[str, ...]) -> str:
    identifier = values.get("resource", "")
    if identifier:
        resources.wanted(identifier, scope)
    return identifier


def _code_challenge(values: Mapping[str, str], client: Client, profile: Profile) -> str:
    challenge, method = values.get("code_challenge", ""), values.get("code_challenge_method")
    if not challenge and method is None:
        if client.needs_pkce:
            raise ProtocolError(INVALID, "The code_challenge is missing.")
        return ""
    # Without a method RFC 7636 means plain: the challenge would be the verifier itself.
    if method not in profile.code_challenge_methods:
        raise ProtocolError(INVALID, "The code_challenge_method must be S256.")
    if not _CHALLENGE.fullmatch(challenge):
        raise ProtocolError(INVALID, "The code_challenge is malformed.")
    return challenge
