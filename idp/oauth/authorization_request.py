"""Authorization requests, read and judged. OpenID Connect Core 3.1.2.1, 3.1.2.2; RFC 6749 4.1.1.

RFC 7636 4.3, 4.4; RFC 9207; RFC 9700 2.1. Authlib checks less here (OIDC.md 2.4, defects 3,
5, 9 and 16), so this endpoint is our own. Until client, redirect URI and state are known to
be right an error is a page; from then on it goes to the client.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from idp.models import Client
from idp.oauth import clients
from idp.oauth.id_token import read_hint
from idp.oauth.profile import Profile
from idp.protocol import claims
from idp.protocol.claims import ClaimsRequest
from idp.protocol.errors import ErrorCode, ProtocolError
from idp.protocol.interaction import Ask
from idp.protocol.parameters import LONGEST_OF, LONGEST_VALUE, Parameters, check_lengths

KNOWN = frozenset({
    "acr_values", "claims", "claims_locales", "client_id", "code_challenge",
    "code_challenge_method", "display", "id_token_hint", "login_hint", "max_age", "nonce",
    "prompt", "redirect_uri", "response_mode", "response_type", "scope", "state", "ui_locales",
})  # fmt: skip
"""What an interaction keeps to rebuild the request; anything else is ignored (Core 3.1.2.1)."""

INVALID = ErrorCode.INVALID_REQUEST
_NOT_SUPPORTED = {
    "request": ErrorCode.REQUEST_NOT_SUPPORTED,
    "request_uri": ErrorCode.REQUEST_URI_NOT_SUPPORTED,
    "registration": ErrorCode.REGISTRATION_NOT_SUPPORTED,
}
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_SECONDS = re.compile(r"[0-9]{1,18}")
_LONGEST_AGE = 10**9


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
    """A request that may be answered, once the person has done what `ask` needs."""

    client: Client
    reply: Reply
    scope: tuple[str, ...]
    nonce: str
    code_challenge: str
    claims: ClaimsRequest
    ask: Ask
    parameters: dict[str, str]


def validate(given: Parameters, profile: Profile) -> AuthorizationRequest:
    """Return the request.

    Raises:
        AuthorizationError: with a reply as soon as an answer to the client is safe.
    """
    client = _client(given)
    reply = _reply(given, client)
    try:
        mode = _response_mode(given, reply, profile)
        reply = Reply(reply.redirect_uri, mode, reply.state)
        return _details(given, client, reply, profile)
    except ProtocolError as error:
        raise AuthorizationError(error.code, error.description, reply=reply) from error


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


def _response_mode(given: Parameters, reply: Reply, profile: Profile) -> str:
    mode = given.values.get("response_mode", "query")
    if mode not in profile.response_modes or "response_mode" in given.repeated:
        raise ProtocolError(INVALID, "The response_mode is not supported.")
    if mode == "form_post" and not reply.redirect_uri.startswith(("https://", "http://")):
        raise ProtocolError(INVALID, "form_post needs an http or https redirect_uri.")
    return mode


def _details(
    given: Parameters, client: Client, reply: Reply, profile: Profile
) -> AuthorizationRequest:
    values = given.once()
    check_lengths(values)
    for name, code in _NOT_SUPPORTED.items():
        if name in values:
            raise ProtocolError(code, f"The parameter {name} is not supported.")
    _check_response_type(values, client, profile)
    scope = _scope(values, client)
    asked = claims.parse(values["claims"]) if "claims" in values else ClaimsRequest()
    asked = asked.within(client.scope.split())
    return AuthorizationRequest(
        client=client,
        reply=reply,
        scope=scope,
        nonce=values.get("nonce", ""),
        code_challenge=_code_challenge(values, client, profile),
        claims=asked,
        ask=_ask(values, client, frozenset(scope) | asked.scopes, asked, profile),
        parameters={name: values[name] for name in KNOWN & values.keys()},
    )


def _check_response_type(values: Mapping[str, str], client: Client, profile: Profile) -> None:
    asked = values.get("response_type")
    if asked is None:
        raise ProtocolError(INVALID, "The response_type is missing.")
    if asked not in profile.response_types:
        raise ProtocolError(
            ErrorCode.UNSUPPORTED_RESPONSE_TYPE, "The response_type is not supported."
        )
    if not client.check_response_type(asked):
        raise ProtocolError(
            ErrorCode.UNAUTHORIZED_CLIENT, "The client may not use this response_type."
        )


def _scope(values: Mapping[str, str], client: Client) -> tuple[str, ...]:
    """Return what the client may have of what it asks; unknown names are ignored (Core 3.1.2.1).

    ``offline_access`` is granted with the consent that names it, now or earlier (Core 11).
    """
    granted = client.get_allowed_scope(values.get("scope", "")).split()
    if not client.check_grant_type("refresh_token"):
        granted = [name for name in granted if name != "offline_access"]
    if not granted:
        raise ProtocolError(ErrorCode.INVALID_SCOPE, "No scope that the client may have.")
    return tuple(granted)


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


def _ask(
    values: Mapping[str, str],
    client: Client,
    scope: frozenset[str],
    asked: ClaimsRequest,
    profile: Profile,
) -> Ask:
    acr_values = tuple(values.get("acr_values", "").split()) or asked.acr_values
    if asked.acr_essential:
        acr_values = asked.acr_values
    return Ask(
        acr_values=tuple(dict.fromkeys(acr_values or client.default_acr_values)),
        acr_essential=asked.acr_essential,
        minimum_acr=client.minimum_acr,
        max_age=_max_age(values, client),
        prompt=_prompt(values, profile),
        scope=scope,
        required_subject=_required_subject(values, client, asked),
        client_name=client.name,
    )


def _max_age(values: Mapping[str, str], client: Client) -> timedelta | None:
    text = values.get("max_age")
    if text is None:
        default = client.default_max_age
        return None if default is None else timedelta(seconds=default)
    if not _SECONDS.fullmatch(text):
        raise ProtocolError(INVALID, "The max_age must be a number of seconds.")
    return timedelta(seconds=min(int(text), _LONGEST_AGE))


def _prompt(values: Mapping[str, str], profile: Profile) -> frozenset[str]:
    prompt = frozenset(values.get("prompt", "").split())
    if not prompt <= set(profile.prompts):
        raise ProtocolError(INVALID, "The prompt is not supported.")
    if "none" in prompt and len(prompt) > 1:
        raise ProtocolError(INVALID, "The prompt none stands alone.")
    return prompt


def _required_subject(values: Mapping[str, str], client: Client, asked: ClaimsRequest) -> str:
    """Return the only person that the client accepts, by a hint of ours or a `sub` claim."""
    if "id_token_hint" not in values:
        return asked.subject
    hint = read_hint(values["id_token_hint"])
    if hint is None or hint["aud"] != client.client_id:
        raise ProtocolError(
            INVALID, "The id_token_hint is not an ID token of this provider for this client."
        )
    subject: str = hint["sub"]
    if asked.subject not in {"", subject}:
        raise ProtocolError(INVALID, "The id_token_hint and the claims name two people.")
    return subject
