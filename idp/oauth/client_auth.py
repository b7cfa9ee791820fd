"""Client authentication: one method, the registered one. RFC 6749 2.3; OIDC.md C1 to C5."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Container
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

from authlib.oauth2.rfc6749 import InvalidClientError

from idp.models import Client
from idp.oauth import client_assertion, clients
from idp.oauth.form_request import FormRequest
from idp.protocol import opaque

_ASSERTING = frozenset({"client_assertion", "client_assertion_type"})
_NOBODY = opaque.digest(opaque.new())


@dataclass(frozen=True, slots=True)
class _Presented:
    method: str
    client_id: str
    secret: str = field(default="", repr=False)


def authenticate(request: FormRequest, methods: Container[str]) -> tuple[Client, str]:
    """Return the client and the method by which it authenticated.

    Whether a client exists, has another method or another secret: the answer is the same.

    Raises:
        InvalidClientError: always with status 401 and the same words.
    """
    if _ASSERTING & request.form.keys():
        return _by_assertion(request, methods)
    presented = _read(request)
    client = clients.read(presented.client_id)
    stored = client.secret_sha256 if client else _NOBODY
    secret_fits = opaque.same(presented.secret, stored or _NOBODY)
    if client is None or client.token_endpoint_auth_method != presented.method:
        raise failed()
    if presented.method not in methods or not (client.is_public or secret_fits):
        raise failed()
    return client, presented.method


def failed() -> InvalidClientError:
    """Return the one answer to every failure."""
    return InvalidClientError("Client authentication failed.", status_code=401)


def _by_assertion(request: FormRequest, methods: Container[str]) -> tuple[Client, str]:
    form = request.form
    if request.authorization or "client_secret" in form:
        raise failed()
    if form.get("client_assertion_type") != client_assertion.TYPE:
        raise failed()
    given = form.get("client_assertion", "")
    client = client_assertion.authenticate(given, form.get("client_id", ""))
    if client is None or client.token_endpoint_auth_method not in methods:
        raise failed()
    return client, client.token_endpoint_auth_method


def _read(request: FormRequest) -> _Presented:
    form = request.form
    client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
    if request.authorization:
        name, from_header = _basic(request.authorization)
        if secret or client_id not in {"", name}:
            raise failed()
        return _Presented("client_secret_basic", name, from_header)
    if secret:
        return _Presented("client_secret_post", client_id, secret)
    return _Presented("none", client_id)


def _basic(header: str) -> tuple[str, str]:
    """Decode HTTP Basic. Each half is form-encoded inside (RFC 6749 2.3.1)."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        raise failed()
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode("utf-8")
        name, colon, secret = decoded.partition(":")
        halves = unquote_plus(name, errors="strict"), unquote_plus(secret, errors="strict")
    except (binascii.Error, ValueError) as error:
        raise failed() from error
    if not colon:
        raise failed()
    return halves
