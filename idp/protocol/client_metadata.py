"""Client metadata: what a client says of itself, read and judged as a whole.

RFC 7591 2; OpenID Connect Dynamic Client Registration 1.0 2; RFC 9101 10.5 and RFC 9701 6 (names);
RP-Initiated Logout 3.1, Front-Channel Logout 2, Back-Channel Logout 2.2. Whoever registers a client
(the network, an administrator, a command) is judged by these rules; OIDC.md A4.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from idp.protocol import algorithms, client_rules, response_type
from idp.protocol.algorithms import CONTENT_ENCRYPTION, KEY_MANAGEMENT, SIGNING
from idp.protocol.client_members import (
    MetadataError,
    Reader,
    called_address,
    flag,
    https_address,
    public_keys,
    seconds,
    text,
    uri,
    values,
    web_address,
    word,
)
from idp.protocol.client_record import ClientMetadata
from idp.protocol.errors import ErrorCode, ProtocolError

GRANT_TYPES = ("authorization_code", "implicit", "refresh_token", "client_credentials")
AUTH_METHODS = (
    "client_secret_basic",
    "client_secret_post",
    "client_secret_jwt",
    "private_key_jwt",
    "none",
)
LONGEST_NAME = 120
LONGEST_SCOPE = 1_000

_SCOPE_TOKEN = re.compile(r"[!#-\[\]-~]+")  # RFC 6749 3.3


def _response_type(name: str, value: object) -> str:
    found = response_type.normalised(value) if isinstance(value, str) else ""
    if not found:
        raise MetadataError(name, "This response type is not supported.")
    return found


def is_scope(text: str) -> bool:
    """Return whether `text` is one scope. RFC 6749 3.3."""
    return bool(_SCOPE_TOKEN.fullmatch(text))


def _scope(name: str, value: object) -> str:
    words = text(LONGEST_SCOPE)(name, value).split()
    if not all(is_scope(one) for one in words):
        raise MetadataError(name, "Scopes, with spaces between them.")
    return " ".join(dict.fromkeys(words))


_short, _longer = text(LONGEST_NAME), text(255)
_signing, _key_management = word(SIGNING), word(KEY_MANAGEMENT)
_content_encryption = word(CONTENT_ENCRYPTION)

READERS: Mapping[str, Reader[Any]] = {
    "client_name": _short,
    "application_type": word(("web", "native")),
    "token_endpoint_auth_method": word(AUTH_METHODS),
    "token_endpoint_auth_signing_alg": word((*SIGNING, *algorithms.SECRET_SIGNING)),
    "jwks": public_keys,
    "jwks_uri": called_address,
    "redirect_uris": values(uri),
    "post_logout_redirect_uris": values(uri),
    "scope": _scope,
    "grant_types": values(word(GRANT_TYPES)),
    "response_types": values(_response_type),
    "request_object_signing_alg": word((*SIGNING, "none")),
    "require_signed_request_object": flag,
    "request_uris": values(called_address),
    "subject_type": word(("public", "pairwise")),
    "sector_identifier_uri": called_address,
    "id_token_signed_response_alg": _signing,
    "id_token_encrypted_response_alg": _key_management,
    "id_token_encrypted_response_enc": _content_encryption,
    "userinfo_signed_response_alg": _signing,
    "userinfo_encrypted_response_alg": _key_management,
    "userinfo_encrypted_response_enc": _content_encryption,
    "introspection_signed_response_alg": _signing,
    "introspection_encrypted_response_alg": _key_management,
    "introspection_encrypted_response_enc": _content_encryption,
    "default_acr_values": values(_short),
    "default_max_age": seconds,
    "require_auth_time": flag,
    "backchannel_logout_uri": called_address,
    "backchannel_logout_session_required": flag,
    "frontchannel_logout_uri": called_address,
    "frontchannel_logout_session_required": flag,
    "initiate_login_uri": https_address,
    "client_uri": web_address,
    "logo_uri": web_address,
    "policy_uri": web_address,
    "tos_uri": web_address,
    "contacts": values(_longer),
    "software_id": _longer,
    "software_version": _longer,
}


def parse(document: object, *, loopback: bool) -> ClientMetadata:
    """Return the metadata of a document, if they can be registered as they are.

    `loopback`: whether this provider may call loopback addresses, which a demonstration does.

    Raises:
        ProtocolError: a `MetadataError` where a single member is to blame.
    """
    metadata = read(document)
    for member, why in client_rules.problems(metadata, loopback=loopback):
        raise MetadataError(member, why)
    return metadata


def read(document: object) -> ClientMetadata:
    """Return the metadata of a document, complete with what its members imply, not yet judged.

    Unknown members, localized ones (``client_name#de``) among them, are ignored; null and an
    empty text say nothing. RFC 7591 2.

    Raises:
        ProtocolError: a `MetadataError` where a single member is to blame.
    """
    if not isinstance(document, Mapping):
        raise ProtocolError(
            ErrorCode.INVALID_CLIENT_METADATA, "The client metadata are one JSON object."
        )
    _refuse_software_statement(document.get("software_statement"))
    given = {
        name: reader(name, document[name])
        for name, reader in READERS.items()
        if document.get(name) not in (None, "")
    }
    return _completed(ClientMetadata(**given), given)


def _completed(metadata: ClientMetadata, given: Mapping[str, Any]) -> ClientMetadata:
    """Return the metadata with what follows from what is given. Registration 2."""
    implied: dict[str, Any] = {}
    if "grant_types" not in given and "response_types" in given:
        implied["grant_types"] = client_rules.grant_types_of(metadata.response_types)
    if "response_types" not in given and not client_rules.redirects(metadata):
        implied["response_types"] = ()
    if metadata.token_endpoint_auth_method not in algorithms.ASSERTION:
        implied["token_endpoint_auth_signing_alg"] = ""
    for answer in client_rules.ANSWERS:
        enc = f"{answer}_encrypted_response_enc"
        if getattr(metadata, f"{answer}_encrypted_response_alg") and enc not in given:
            implied[enc] = algorithms.DEFAULT_CONTENT_ENCRYPTION
    return replace(metadata, **implied)


def _refuse_software_statement(statement: object) -> None:
    """Refuse what nobody here can vouch for, rather than ignore it. RFC 7591 2.3, 3.2.2."""
    if statement is None:
        return
    if not isinstance(statement, str) or statement.count(".") != 2:  # noqa: PLR2004 - of a JWS
        raise ProtocolError(
            ErrorCode.INVALID_SOFTWARE_STATEMENT, "The software_statement is not a signed JWT."
        )
    raise ProtocolError(
        ErrorCode.UNAPPROVED_SOFTWARE_STATEMENT, "No issuer of software statements is trusted here."
    )
