"""Request objects, by value and by registered reference. OpenID Connect Core 6; RFC 9101.

OIDC.md A10, E5. Authlib checks neither `aud` nor `iss`, `exp` or `typ` (defect 6). Two
measures: a client that is registered to sign its requests always gives all that RFC 9101
asks for, and nothing outside the object counts; for any other, what Core leaves open may be
absent but never wrong, and the object's values go before those outside.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from django.core.cache import cache
from joserfc import jwt
from joserfc.errors import JoseError

from idp.models import Client
from idp.oauth import client_keys, request_reference, unverified
from idp.oauth.jose import Pinned
from idp.policy import get_policy
from idp.protocol import opaque
from idp.protocol.algorithms import SIGNING
from idp.protocol.errors import ErrorCode, ProtocolError
from idp.protocol.numeric_date import is_numeric_date
from idp.protocol.parameters import Parameters

TYPES = (None, "JWT", "jwt", "oauth-authz-req+jwt")
"""RFC 9101 10.8: another kind of JWT is not a request."""
LONGEST_LIFETIME = 3_600
SKEW = 60
_OWN = frozenset({"iss", "aud", "exp", "nbf", "iat", "jti"})
_UNSIGNED = "none"
REFUSED = ErrorCode.INVALID_REQUEST_OBJECT


def resolve(given: Parameters, client: Client) -> Parameters:
    """Return the parameters of the request, those of its request object included.

    Raises:
        ProtocolError: the object is missing though required, unreadable, or not this client's.
    """
    by_value, reference = given.values.get("request"), given.values.get("request_uri")
    if given.repeated & {"request", "request_uri"} or (by_value and reference):
        raise ProtocolError(ErrorCode.INVALID_REQUEST, "One request object, given once.")
    if by_value is None and reference is None:
        if client.require_signed_request_object:
            raise ProtocolError(
                ErrorCode.INVALID_REQUEST, "The client must send a signed request object."
            )
        return given
    claims = _read(by_value or _fetch(reference or "", client), client)
    return _merged(given, claims, strict=client.require_signed_request_object)


def _fetch(reference: str, client: Client) -> str:
    """Return the object behind a registered URI; its fragment is a version, not an address."""
    address = reference.partition("#")[0]
    if address not in {uri.partition("#")[0] for uri in client.request_uris}:
        raise ProtocolError(ErrorCode.INVALID_REQUEST_URI, "The request_uri is not registered.")
    return request_reference.read(address)


def _read(text: str, client: Client) -> dict[str, Any]:
    """Return the claims of an object that `client` may send."""
    header, claims = unverified.parts(text)
    if header is None or header.get("typ") not in TYPES:
        raise ProtocolError(REFUSED, "This is not a request object.")
    if header.get("alg") == _UNSIGNED:
        return _unsigned(text, claims, client)
    registered = client.request_object_signing_alg
    if registered == _UNSIGNED:
        registered = ""  # allows unsigned objects; a signed one is no less
    algorithm, kid = str(header.get("alg")), str(header.get("kid", ""))
    if algorithm not in ((registered,) if registered else SIGNING):
        raise ProtocolError(REFUSED, "The request object: its algorithm is not the registered one.")
    try:
        keys = client_keys.verification_keys(client, kid=kid, algorithm=algorithm)
        found = jwt.decode(text, keys, registry=Pinned(algorithm)).claims
    except (client_keys.NoKeyError, JoseError, ValueError) as error:
        raise ProtocolError(REFUSED, "The request object: its signature does not hold.") from error
    _check(found, client)
    return found


def _unsigned(text: str, claims: dict[str, Any], client: Client) -> dict[str, Any]:
    if client.require_signed_request_object or client.request_object_signing_alg != _UNSIGNED:
        raise ProtocolError(
            ErrorCode.REQUEST_NOT_SUPPORTED, "The client may not send unsigned request objects."
        )
    if not text.endswith("."):
        raise ProtocolError(REFUSED, "An unsigned request object has no signature.")
    _check(claims, client)
    return claims


def _check(claims: Mapping[str, Any], client: Client) -> None:
    """Judge what says whose, for whom and when. RFC 9101 4, 6.3, 10.8."""
    now, strict = int(time.time()), client.require_signed_request_object
    if strict and not {"iss", "aud", "exp", "nbf"} <= claims.keys():
        raise ProtocolError(REFUSED, "A request object must have iss, aud, exp and nbf.")
    if claims.get("iss", client.client_id) != client.client_id:
        raise ProtocolError(REFUSED, "The request object: its issuer is not the client.")
    if claims.get("sub") == client.client_id:  # it could be taken for a client assertion
        raise ProtocolError(REFUSED, "The request object: its subject is the client.")
    audience = claims.get("aud", get_policy().issuer)
    if get_policy().issuer not in (audience if isinstance(audience, list) else [audience]):
        raise ProtocolError(REFUSED, "The request object is for another provider.")
    for name in ("exp", "nbf", "iat"):
        if name in claims and not is_numeric_date(claims[name]):
            raise ProtocolError(REFUSED, "The request object: its times are no times.")
    expires_at, begins_at = claims.get("exp"), claims.get("nbf", claims.get("iat", now))
    if begins_at > now + SKEW or (expires_at is not None and expires_at <= now - SKEW):
        raise ProtocolError(REFUSED, "The request object: its time is over, or not yet come.")
    if strict and (expires_at - begins_at > LONGEST_LIFETIME or begins_at < now - LONGEST_LIFETIME):
        raise ProtocolError(REFUSED, "The request object lives for more than an hour.")
    _use(claims.get("jti"), client, until=expires_at or now + LONGEST_LIFETIME)


def _use(identifier: object, client: Client, *, until: float) -> None:
    """Let an object that has an identifier serve once, in every process."""
    if identifier is None:
        return
    key = f"idp:request-object:{opaque.digest(f'{client.pk} {identifier}')}"
    if not cache.add(key, 1, min(until - time.time(), LONGEST_LIFETIME) + 2 * SKEW):
        raise ProtocolError(REFUSED, "The request object was used before.")


def _merged(given: Parameters, claims: Mapping[str, Any], *, strict: bool) -> Parameters:
    """Return one set of parameters. Core 6.1: what is said twice must agree where it matters."""
    if claims.keys() & {"request", "request_uri"}:
        raise ProtocolError(REFUSED, "A request object contains no other one.")
    inside = {name: _text(value) for name, value in claims.items() if name not in _OWN}
    for name in ("client_id", "response_type"):
        if inside.get(name, given.values.get(name)) != given.values.get(name, inside.get(name)):
            raise ProtocolError(
                REFUSED, f"The request object: its {name} is not that of the request."
            )
    outside = {n: v for n, v in given.values.items() if n not in {"request", "request_uri"}}
    if strict:
        outside = {"client_id": given.values["client_id"]}
    return Parameters(
        outside | {name: value for name, value in inside.items() if value},
        frozenset() if strict else given.repeated,
    )


def _text(value: object) -> str:
    """Return a claim as the parameter it stands for: `claims` is an object, `max_age` a number."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None:
        raise ProtocolError(REFUSED, "A parameter in the request object is of a wrong type.")
    return json.dumps(value)
