"""The document that joins redirect URIs of several hosts to one sector.

OpenID Connect Core 8.1; OpenID Connect Registration 5.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from idp import fetching
from idp.fetching import FetchError
from idp.protocol.errors import ErrorCode, ProtocolError

LARGEST = 65_536


def check(uri: str, redirect_uris: Iterable[str]) -> str:
    """Return the sector, a host, after its document has named each of `redirect_uris`.

    Raises:
        ProtocolError: invalid_client_metadata. It is silent on what there was at `uri`: the
            provider must not tell what it can reach (OIDC.md F8).
    """
    try:
        listed = fetching.fetch(uri, accept=("application/json",), most=LARGEST).json()
    except FetchError as error:
        raise _refused(detail=error.reason) from error
    if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
        raise _refused(detail="not a list of URIs")
    if not set(redirect_uris) <= set(listed):
        raise _refused(detail="a redirect URI is missing")
    return urlsplit(uri).hostname or ""


def _refused(*, detail: str) -> ProtocolError:
    description = "The sector_identifier_uri must lead to a list of every redirect URI, as JSON."
    return ProtocolError(ErrorCode.INVALID_CLIENT_METADATA, description, detail=detail)
