"""Clients that register themselves, within what the deployment allows. RFC 7591 3; RFC 7592 2.

OpenID Connect Dynamic Client Registration 1.0 3, 4. Authlib's endpoint gives every client a
secret, used or not (OIDC.md 2.4, defect 17), and knows no policy. OIDC.md L1, L4; C7: a secret
and a registration token are shown once, by the request that makes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from idp.models import Client, Grant, InitialAccessToken, SecurityEvent
from idp.models.client import IDENTIFIER
from idp.oauth import acr_aliases, client_material, clients
from idp.policy import IdpPolicy, get_policy
from idp.protocol import client_metadata, opaque
from idp.protocol.client_members import MetadataError
from idp.protocol.client_record import ClientMetadata
from idp.protocol.errors import ErrorCode, ProtocolError

PATH = "/register"
_NOBODY = opaque.digest(opaque.new())
_OURS = (
    "registration_access_token",
    "registration_client_uri",
    "client_secret_expires_at",
    "client_id_issued_at",
)

_CHANGED = (
    *(name for name in client_metadata.READERS if name != "client_name"),
    "name",
    "sector_identifier",
    "secret_sha256",
    "sealed_secret",
)
"""What a client changes of its own row: nothing that the administrator decides."""


def check_initial_token(value: str) -> None:
    """Refuse who may not register a client; `value` is '' without an initial access token.

    Raises:
        ProtocolError: `invalid_token`, for whatever is wrong with it.
    """
    if not value and get_policy().registration == "open":
        return
    if not InitialAccessToken.objects.opens(value, timezone.now()):
        raise _bad_token()


@sensitive_variables()
def register(document: object, *, initial_token: str) -> dict[str, Any]:
    """Return the client information response of a new client. RFC 7591 3.2.1.

    Raises:
        ProtocolError: metadata that cannot be registered, a token used up meanwhile.
    """
    metadata = _limited(client_material.judged(document), get_policy())
    token = opaque.new()
    client = Client(
        client_id=opaque.new(),
        require_pkce=not get_policy().registration_without_pkce,
        registration_token_sha256=opaque.digest(token),
    )
    _take(client, metadata)
    secret = client.settle_secret()
    with transaction.atomic():
        if initial_token:
            client.registered_with = _spent(initial_token)
        acr_aliases.hold(client.default_acr_values, client)
        client.save(force_insert=True)
        _tell("client.registered", client)
    return _information(client, token, secret)


def registered(client_id: str, token: str) -> Client:
    """Return the client that `token` may manage. OIDC.md L1.

    Raises:
        ProtocolError: the same for an unknown client, another's token and one that was rotated.
    """
    known = IDENTIFIER.fullmatch(client_id)
    client = Client.objects.filter(client_id=client_id, is_active=True).first() if known else None
    stored = client.registration_token_sha256 if client else ""
    if not opaque.same(token, stored or _NOBODY) or client is None:
        raise _bad_token()
    return client


def information(client: Client, token: str) -> dict[str, Any]:
    """Return what is registered; of the secret only its hash is known. RFC 7592 2.1."""
    return _information(client, token, "")


@sensitive_variables()
def change(client: Client, token: str, document: object) -> dict[str, Any]:
    """Replace the metadata of `client`; `token` is rotated. RFC 7592 2.2.

    Raises:
        ProtocolError: metadata that cannot be registered, or about another client.
    """
    _check_update(client, document)
    metadata = _limited(client_material.judged(document), get_policy())
    _take(client, metadata)
    secret, new_token = client.settle_secret(), opaque.new()
    with transaction.atomic():
        # Of two requests with one token, one wins.
        held = Client.objects.filter(
            pk=client.pk, is_active=True, registration_token_sha256=opaque.digest(token)
        )
        if not held.update(registration_token_sha256=opaque.digest(new_token)):
            raise _bad_token()
        acr_aliases.hold(client.default_acr_values, client)
        client.save(update_fields=_CHANGED)
        _tell("client.changed", client)
    clients.forget(client.client_id)
    return _information(client, new_token, secret)


@transaction.atomic
def delete(client: Client) -> None:
    """End the client with all that it was granted. RFC 7592 2.3.

    The row stays, switched off, as what events and consents refer to.
    """
    Client.objects.filter(pk=client.pk).update(
        is_active=False, secret_sha256="", sealed_secret=b"", registration_token_sha256=_NOBODY
    )
    Grant.objects.filter(client=client).revoke()
    clients.forget(client.client_id)
    _tell("client.deleted", client)


def _limited(metadata: ClientMetadata, policy: IdpPolicy) -> ClientMetadata:
    """Refuse grants and response types that are not open to registration; cut the scope.

    A client can live with less scope, and the answer tells it; it cannot live without the
    flow that it is written for. RFC 7591 2: the server may replace what is asked for.
    """
    _refuse_beyond("grant_types", metadata.grant_types, policy.registration_grant_types)
    _refuse_beyond("response_types", metadata.response_types, policy.registration_response_types)
    algorithms = policy.id_token_signing_algorithms
    _refuse_beyond(
        "id_token_signed_response_alg", [metadata.id_token_signed_response_alg], algorithms
    )
    asked = metadata.scope.split() or policy.registration_scopes
    scope = [name for name in asked if name in policy.registration_scopes]
    if not scope:
        _refuse_beyond("scope", asked, ())
    return replace(metadata, scope=" ".join(scope))


def _refuse_beyond(member: str, asked: Iterable[str], allowed: Iterable[str]) -> None:
    for name in asked:
        if name not in allowed:
            raise MetadataError(member, f"{name} is not open to registration.")


def _take(client: Client, metadata: ClientMetadata) -> None:
    client.take(metadata)
    client.name = metadata.client_name or _name(metadata) or client.client_id


def _spent(initial_token: str) -> InitialAccessToken:
    found = InitialAccessToken.objects.spend(initial_token, timezone.now())
    if found is None:
        raise _bad_token()
    return found


def _name(metadata: ClientMetadata) -> str:
    """Return what people know a client without a name by: where it takes them."""
    hosts = (urlsplit(uri).hostname or "" for uri in metadata.redirect_uris)
    return next((host for host in hosts if host), "")[: client_metadata.LONGEST_NAME]


def _check_update(client: Client, document: object) -> None:
    """Check what a client says of itself beside its metadata. RFC 7592 2.2."""
    given = document if isinstance(document, Mapping) else {}
    for member in _OURS:
        if member in given:
            raise ProtocolError(ErrorCode.INVALID_REQUEST, f"{member} is not the client's to say.")
    if given.get("client_id") != client.client_id:
        raise ProtocolError(ErrorCode.INVALID_REQUEST, "The client_id is missing or another's.")
    secret = given.get("client_secret", "")
    if secret and not (isinstance(secret, str) and client.check_client_secret(secret)):
        raise ProtocolError(ErrorCode.INVALID_REQUEST, "The client_secret is not the current one.")


@sensitive_variables()
def _information(client: Client, token: str, secret: str) -> dict[str, Any]:
    """Return the client information response. RFC 7591 3.2.1; RFC 7592 3."""
    fresh = {"client_secret": secret, "client_secret_expires_at": 0} if secret else {}
    return {
        **client.metadata(),
        "client_id": client.client_id,
        "client_id_issued_at": int(client.created_at.timestamp()),
        **fresh,
        "registration_access_token": token,
        "registration_client_uri": get_policy().url(f"{PATH}/{client.client_id}"),
    }


def _tell(kind: str, client: Client) -> None:
    by = client.registered_with
    SecurityEvent.record(
        kind,
        client=client.client_id,
        initial_access_token=by.name if by else "",
        name=client.name,
    )


def _bad_token() -> ProtocolError:
    return ProtocolError(ErrorCode.INVALID_TOKEN, "The access token is not valid.")
