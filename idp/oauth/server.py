"""The authorization server and what it allows: the whole profile on one screen.

OpenID Connect Core 3.1; RFC 6749; RFC 7636; RFC 9207; RFC 9700. Authlib's grants exchange
codes and refresh tokens; what it leaves open at the edges is ours (OIDC.md 2.4).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from authlib.oauth2.rfc6749 import AuthorizationServer, OAuth2Error
from django.http import HttpRequest, HttpResponse, JsonResponse

from idp.models import Client, Session
from idp.oauth import (
    authorization_request,
    authorization_response,
    client_auth,
    clients,
    form_request,
    front_channel,
    introspection,
    metadata,
    revocation,
    session_state,
)
from idp.oauth.authorization_request import AuthorizationError, AuthorizationRequest, Reply
from idp.oauth.client_credentials import OwnBehalfGrant
from idp.oauth.code_flow import CodeGrant, S256Only
from idp.oauth.form_request import FormRequest, UnsupportedMediaTypeError
from idp.oauth.profile import Profile
from idp.oauth.refresh import RefreshGrant
from idp.policy import get_policy
from idp.protocol import parameters
from idp.protocol.assurance_claim import SCOPE as ASSURANCE
from idp.protocol.errors import ErrorCode, ProtocolError
from idp.protocol.interaction import CREATE, Issue
from idp.protocol.parameters import Parameters
from idp.protocol.response_type import RESPONSE_MODES, RESPONSE_TYPES

PROFILE = Profile(
    scopes=("openid", "profile", "email", "address", "phone", "offline_access", ASSURANCE),
    response_types=RESPONSE_TYPES,
    response_modes=RESPONSE_MODES,
    grant_types=("authorization_code", "implicit", "refresh_token", "client_credentials"),
    code_challenge_methods=("S256",),
    client_authentication=(
        "client_secret_basic",
        "client_secret_post",
        "client_secret_jwt",
        "private_key_jwt",
        "none",
    ),
    prompts=("none", "login", "consent", "select_account"),
)
CONFIDENTIAL = tuple(name for name in PROFILE.client_authentication if name != "none")
TOKEN_GRANTS = tuple(name for name in PROFILE.grant_types if name != "implicit")
"""``implicit`` is a registration's word for tokens from the authorization endpoint."""
ANSWERS = ["application/json", introspection.MEDIA_TYPE]
"""Of introspection, the usual one first."""
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


def profile() -> Profile:
    """Return the profile of this deployment: with ``prompt=create`` where people may join."""
    if not get_policy().self_registration:
        return PROFILE
    return replace(PROFILE, prompts=(*PROFILE.prompts, CREATE))


class Server(AuthorizationServer):
    """Authlib's server, with our requests, our client authentication and our responses."""

    def query_client(self, client_id: str) -> Client | None:
        """Return the client."""
        return clients.find(client_id)

    def authenticate_client(
        self, request: FormRequest, methods: Iterable[str], _endpoint: str = "token"
    ) -> Client:
        """Return the client, authenticated as it is registered."""
        client, request.auth_method = client_auth.authenticate(request, tuple(methods))
        return client

    def create_oauth2_request(self, request: FormRequest) -> FormRequest:
        """Return the request: it is already what the grants read."""
        return request

    def handle_response(
        self, status: int, body: Any, headers: Iterable[tuple[str, str]]
    ) -> HttpResponse:
        """Return Django's response; Authlib's name."""
        response = JsonResponse(dict(body), status=status)
        for name, value in (*headers, *NO_STORE.items()):
            response[name] = value
        return response

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Tell nobody: what matters is a security event."""


_server = Server()
_server.register_grant(CodeGrant, [S256Only(required=True)])
_server.register_grant(RefreshGrant)
_server.register_grant(OwnBehalfGrant)


def validate_authorization_request(request: HttpRequest) -> AuthorizationRequest:
    """Return the request in the query of a GET or in the form of a POST.

    Raises:
        AuthorizationError: to be shown, or sent to the client where it has a reply.
    """
    try:
        given = _authorization_parameters(request)
    except ProtocolError as error:
        raise AuthorizationError(error.code, error.description) from error
    return authorization_request.validate(given, profile())


def rebuild_authorization_request(kept: Mapping[str, str]) -> AuthorizationRequest:
    """Return the request that an interaction has kept, judged again."""
    return authorization_request.rebuild(kept, profile())


def create_authorization_response(
    request: HttpRequest,
    asked: AuthorizationRequest,
    issue: Issue,
    session: Session,
    *,
    browser_state: str,
) -> HttpResponse:
    """Send the client what its response type asks for."""
    try:
        answer = front_channel.issue(asked, issue, session)
    except ProtocolError as error:
        return error_redirect(request, asked.reply, error.code, error.description)
    if "openid" in asked.scope:
        uri = asked.reply.redirect_uri
        answer |= session_state.parameters(asked.client.client_id, uri, browser_state)
    return authorization_response.respond(request, asked.reply, answer)


def error_redirect(
    request: HttpRequest, reply: Reply, error: ErrorCode, description: str
) -> HttpResponse:
    """Send an error to the client."""
    answer = {"error": error.value, "error_description": description}
    return authorization_response.respond(request, reply, answer)


def create_token_response(request: HttpRequest) -> HttpResponse:
    """Answer the token endpoint. RFC 6749 3.2."""
    try:
        form = form_request.read(request)
        _check_grant_type(form)
        response: HttpResponse = _server.create_token_response(form)
    except ProtocolError as error:
        return error_response(error)
    return response


def create_introspection_response(request: HttpRequest) -> HttpResponse:
    """Answer the introspection endpoint, to clients that can keep a secret. RFC 7662 2."""
    try:
        form = form_request.read(request)
        client = _server.authenticate_client(form, CONFIDENTIAL)
        found = introspection.introspect(client, form.form.get("token", ""))
        if request.get_preferred_type(ANSWERS) == introspection.MEDIA_TYPE:
            answer = introspection.as_jwt(found, client)
            return HttpResponse(answer, content_type=introspection.MEDIA_TYPE, headers=NO_STORE)
    except ProtocolError as error:
        return error_response(error)
    except OAuth2Error as error:
        return _server.handle_response(*error())
    return JsonResponse(found, headers=NO_STORE)


def create_revocation_response(request: HttpRequest) -> HttpResponse:
    """Answer the revocation endpoint, to every client. RFC 7009 2."""
    try:
        form = form_request.read(request)
        client = _server.authenticate_client(form, PROFILE.client_authentication)
        revocation.revoke(client, form.form.get("token", ""))
    except ProtocolError as error:
        return error_response(error)
    except OAuth2Error as error:
        return _server.handle_response(*error())
    return HttpResponse(headers=NO_STORE)


def discovery_document() -> dict[str, Any]:
    """Return the provider's metadata."""
    return metadata.document(profile(), get_policy())


def error_response(error: ProtocolError) -> HttpResponse:
    """Return the public half of an error as JSON. RFC 6749 5.2."""
    status = 415 if isinstance(error, UnsupportedMediaTypeError) else 400
    body = {"error": error.code, "error_description": error.description}
    return JsonResponse(body, status=status, headers=NO_STORE)


def _check_grant_type(request: FormRequest) -> None:
    kind = request.form.get("grant_type")
    if kind is None:
        raise ProtocolError(ErrorCode.INVALID_REQUEST, "The grant_type is missing.")
    if kind not in TOKEN_GRANTS:
        raise ProtocolError(ErrorCode.UNSUPPORTED_GRANT_TYPE, "The grant_type is not supported.")


def _authorization_parameters(request: HttpRequest) -> Parameters:
    query = request.META.get("QUERY_STRING", "")
    if request.method == "GET":
        return parameters.parse(query)
    if query or request.content_type != form_request.FORM:
        raise ProtocolError(ErrorCode.INVALID_REQUEST, "A POSTed request is a form.")
    return parameters.parse(request.body)
