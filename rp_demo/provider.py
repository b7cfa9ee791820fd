"""What the provider says about itself. OpenID Connect Discovery 1.0 3 and 4; RFC 8414."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from rp_demo.transport import Transport, Unreachable, get_json

METADATA_AGE = timedelta(minutes=10)
# An unknown key id makes us ask again, but not as often as somebody may send such tokens.
KEY_SET_PAUSE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Metadata:
    """The endpoints and promises that this relying party uses."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str
    introspection_endpoint: str
    end_session_endpoint: str
    names_issuer_in_response: bool


class Provider:
    """Metadata and keys of one issuer, kept for a while. Safe to share between threads."""

    def __init__(
        self,
        issuer: str,
        transport: Transport,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Know `issuer`; ask nothing yet."""
        self.issuer = issuer
        self.transport = transport
        self._clock = clock
        self._lock = threading.Lock()
        self._metadata: tuple[datetime, Metadata] | None = None
        self._keys: tuple[datetime, KeySet] | None = None

    def metadata(self) -> Metadata:
        """Return the provider's metadata.

        Raises:
            Unreachable: none, or the document of another issuer (Discovery 4.3).
        """
        with self._lock:
            now = self._clock()
            if self._metadata is None or now - self._metadata[0] > METADATA_AGE:
                self._metadata = (now, self._read_metadata())
            return self._metadata[1]

    def keys(self, key_id: str) -> KeySet:
        """Return the provider's signing keys, asked for again if `key_id` is not among them."""
        jwks_uri = self.metadata().jwks_uri
        with self._lock:
            now = self._clock()
            if self._keys is not None:
                fetched_at, keys = self._keys
                known = any(key.kid == key_id for key in keys.keys)
                if known or now - fetched_at < KEY_SET_PAUSE:
                    return keys
            self._keys = (now, self._read_keys(jwks_uri))
            return self._keys[1]

    def _read_metadata(self) -> Metadata:
        url = self.issuer.rstrip("/") + "/.well-known/openid-configuration"
        document = get_json(self.transport, url, {})
        if document.get("issuer") != self.issuer:
            message = "the metadata name another issuer"
            raise Unreachable(message)
        return Metadata(
            issuer=self.issuer,
            authorization_endpoint=_url(document, "authorization_endpoint"),
            token_endpoint=_url(document, "token_endpoint"),
            jwks_uri=_url(document, "jwks_uri"),
            userinfo_endpoint=str(document.get("userinfo_endpoint", "")),
            introspection_endpoint=str(document.get("introspection_endpoint", "")),
            end_session_endpoint=str(document.get("end_session_endpoint", "")),
            names_issuer_in_response=(
                document.get("authorization_response_iss_parameter_supported") is True
            ),
        )

    def _read_keys(self, jwks_uri: str) -> KeySet:
        document: Any = get_json(self.transport, jwks_uri, {})
        try:
            return KeySet.import_key_set(document)
        except (JoseError, KeyError, TypeError, ValueError) as error:
            message = "the provider's keys cannot be read"
            raise Unreachable(message) from error


def _url(document: dict[str, Any], name: str) -> str:
    value = document.get(name)
    if not isinstance(value, str) or not value:
        message = f"the metadata name no {name}"
        raise Unreachable(message)
    return value
