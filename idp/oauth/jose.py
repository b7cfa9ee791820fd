"""JWTs that this provider signs, and encrypts for who registered so. RFC 7515; RFC 7516; RFC 7519.

RFC 7519 5.2 (nested JWTs); OpenID Connect Core 10.2, 16.14 (sign, then encrypt); RFC 8725 3.1
(one algorithm), 3.11 (typ).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from joserfc import jwe, jwt
from joserfc.errors import UnsupportedAlgorithmError, UnsupportedHeaderError
from joserfc.jwa import JWSAlgModel
from joserfc.jws import JWSRegistry
from joserfc.registry import Header

from idp import keys
from idp.models import Client
from idp.oauth import client_keys
from idp.oauth.client_keys import NoKeyError
from idp.protocol.algorithms import DEFAULT_CONTENT_ENCRYPTION
from idp.protocol.errors import ErrorCode, ProtocolError


class Pinned(JWSRegistry):
    """The algorithms that one purpose allows, and no others.

    joserfc's own registry falls back to a list of its own where none is given, and warns that
    RFC 9864 will rename EdDSA, the name that clients know and register.
    """

    def __init__(self, *algorithms: str) -> None:
        """Allow these."""
        super().__init__(algorithms=algorithms)
        self.names = frozenset(algorithms)

    def get_alg(self, name: str) -> JWSAlgModel:
        """Return an allowed algorithm.

        Raises:
            UnsupportedAlgorithmError: any other.
        """
        if name not in self.names:
            message = "The algorithm is not allowed here."
            raise UnsupportedAlgorithmError(message)
        return self.algorithms[name]

    def check_header(self, header: Header) -> None:
        """Check the members of a header. No extension is understood, so none may be critical.

        Raises:
            UnsupportedHeaderError: ``crit`` (RFC 7515 4.1.11), or a member of no meaning.
        """
        if "crit" in header:
            name = "crit"
            raise UnsupportedHeaderError(name)
        super().check_header(header)


def sign(claims: Mapping[str, Any], *, algorithm: str, typ: str = "JWT") -> str:
    """Return `claims` signed with the key that signs now with `algorithm`."""
    key = keys.signing_key(algorithm)
    header = {"alg": algorithm, "typ": typ, "kid": key.kid}
    return jwt.encode(header, dict(claims), key, registry=Pinned(algorithm))


def for_client(
    claims: Mapping[str, Any],
    client: Client,
    *,
    typ: str,
    algorithm: str,
    key_management: str,
    content_encryption: str,
) -> str:
    """Return `claims` signed with `algorithm`, then encrypted to the client's own key.

    Without `key_management` they are signed only. Without `algorithm` they are encrypted only,
    which is for claims that need no proof of who wrote them; one of the two there must be.

    Raises:
        ProtocolError: the client has no key to encrypt to.
    """
    content = sign(claims, algorithm=algorithm, typ=typ) if algorithm else json.dumps(claims)
    if not key_management:
        if not algorithm:
            message = "Neither signed nor encrypted."
            raise ValueError(message)
        return content
    try:
        key = client_keys.encryption_key(client, key_management)
    except NoKeyError as error:
        raise ProtocolError(
            ErrorCode.INVALID_REQUEST, "The client has no key to encrypt the answer to."
        ) from error
    encryption = content_encryption or DEFAULT_CONTENT_ENCRYPTION
    header = {"alg": key_management, "enc": encryption, "kid": key.kid}
    if algorithm:
        header["cty"] = "JWT"
    return jwe.encrypt_compact(header, content, key, algorithms=[key_management, encryption])
