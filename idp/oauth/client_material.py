"""Client metadata judged with what they hold or point to: keys, the sector's document.

OpenID Connect Dynamic Client Registration 1.0 2 and 5; RFC 7591 2; OIDC.md F8, H1. One judgement
for whoever registers a client: the network, the administrator's form, the command.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from idp.models import Client
from idp.oauth import client_keys, public_keys, sector
from idp.oauth.client_keys import NoKeyError
from idp.policy import get_policy
from idp.protocol import client_metadata, client_rules
from idp.protocol.algorithms import SIGNING
from idp.protocol.client_members import MetadataError
from idp.protocol.client_record import ClientMetadata
from idp.protocol.client_rules import Problem
from idp.protocol.errors import ProtocolError

_NO_KEY = "None of the keys serves this algorithm."


def judged(document: object) -> ClientMetadata:
    """Return the metadata of `document`, judged with what it points to, by whomever it comes.

    Raises:
        ProtocolError: it cannot be registered.
    """
    metadata = client_metadata.parse(document, loopback=get_policy().fetch_loopback)
    for member, why in problems(metadata):
        raise MetadataError(member, why)
    return metadata


def problems(metadata: ClientMetadata) -> Iterator[Problem]:
    """Return what is wrong with what the metadata hold or point to: keys, the sector's document.

    Keys at a ``jwks_uri`` are not asked for: they may be published later, and they change.
    """
    if metadata.jwks is not None:
        flaw = public_keys.problem(metadata.jwks)
        yield from [("jwks", flaw)] if flaw else _unserved(metadata)
    if uri := metadata.sector_identifier_uri:
        try:
            sector.check(uri, metadata.redirect_uris)
        except ProtocolError as error:
            yield "sector_identifier_uri", error.description


def _unserved(metadata: ClientMetadata) -> Iterator[Problem]:
    """Return the algorithms for which the client has registered no key."""
    client = Client(jwks=metadata.jwks)
    signing = {"request_object_signing_alg": metadata.request_object_signing_alg}
    if metadata.token_endpoint_auth_method == Client.AuthMethod.PRIVATE_KEY_JWT:
        signing["token_endpoint_auth_signing_alg"] = metadata.token_endpoint_auth_signing_alg
    for member, algorithm in signing.items():
        if algorithm in SIGNING and not _has_key(
            client_keys.verification_keys, client, algorithm=algorithm
        ):
            yield member, _NO_KEY
    for answer in client_rules.ANSWERS:
        member = f"{answer}_encrypted_response_alg"
        algorithm = getattr(metadata, member)
        if algorithm and not _has_key(client_keys.encryption_key, client, algorithm=algorithm):
            yield member, _NO_KEY


def _has_key(choose: Callable[..., object], client: Client, *, algorithm: str) -> bool:
    try:
        choose(client, algorithm=algorithm)
    except NoKeyError:
        return False
    return True
