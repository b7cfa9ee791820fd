"""The provider as its discovery document describes it. Nothing else of it is known here."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from joserfc.jwk import JWKRegistry, Key

from tests.conformance.oidf.client import Client
from tests.conformance.oidf.wire import Response, Wire, bearer

WELL_KNOWN = "/.well-known/openid-configuration"


class Provider:
    """Endpoints by their names in the metadata."""

    def __init__(self, wire: Wire, issuer: str, initial_access_token: str) -> None:
        self.wire = wire
        self.issuer = issuer
        self._may_register = bearer(initial_access_token)
        self.discovery = wire.get(issuer + WELL_KNOWN)
        self.metadata: dict[str, Any] = self.discovery.json()
        self._keys = self.jwks()

    def endpoint(self, name: str) -> str:
        """Return the URL of an endpoint."""
        assert name in self.metadata, f"discovery names no {name}"
        return self.metadata[name]

    def supports(self, name: str, value: str) -> bool:
        """Whether a list of the metadata has `value`."""
        return value in self.metadata.get(name, ())

    def jwks(self) -> dict[str, Any]:
        """Return the key set as it is published now."""
        response = self.wire.get(self.endpoint("jwks_uri"))
        assert response.status == 200, response.status
        return response.json()

    def key(self, kid: str) -> Key:
        """Return the one published key of that name; look again for a name that is new."""
        named = self._named(kid)
        if not named:
            self._keys = self.jwks()
            named = self._named(kid)
        assert len(named) == 1, f"kid {kid!r} names {len(named)} keys"
        return JWKRegistry.import_key(named[0])

    def _named(self, kid: str) -> list[dict[str, Any]]:
        return [key for key in self._keys["keys"] if key.get("kid") == kid]

    def authorization_url(self, request: dict[str, str]) -> str:
        """Return the URL of an authorization request."""
        return f"{self.endpoint('authorization_endpoint')}?{urlencode(request)}"

    def register(self, metadata: dict[str, Any]) -> Response:
        """Ask for a registration."""
        endpoint = self.endpoint("registration_endpoint")
        return self.wire.post_json(endpoint, metadata, self._may_register)

    def token(self, client: Client, form: dict[str, str]) -> Response:
        """Call the token endpoint as `client`."""
        filled, headers = client.authenticate(dict(form))
        return self.wire.post(self.endpoint("token_endpoint"), filled, headers)

    def userinfo(self, token: str) -> Response:
        """Call the userinfo endpoint."""
        return self.wire.get(self.endpoint("userinfo_endpoint"), bearer(token))
