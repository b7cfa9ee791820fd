"""A registered client, and how it authenticates. OpenID Connect Core 9; RFC 7523 3."""

from __future__ import annotations

import base64
import json
import secrets
import time
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.conformance.oidf.wire import basic

SECONDS = 60


def rsa_key(number: int = 0) -> RSAKey:
    """Return one of the run's RSA keys."""
    return _made(number)


@cache
def _made(number: int) -> RSAKey:
    """Return a new key, which costs a tenth of a second."""
    return RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256", "kid": f"rp-{number}"})


def public_jwks(*keys: RSAKey, kid: bool = False) -> dict[str, Any]:
    """Return the public halves; without `kid` as the suite's usual clients publish theirs."""
    public = [key.as_dict(private=False) for key in keys]
    if not kid:
        for one in public:
            del one["kid"]
    return {"keys": public}


def signed(claims: dict[str, Any], key: RSAKey, *, kid: bool = False) -> str:
    """Return a JWT signed with RS256."""
    header = {"alg": "RS256"} | ({"kid": key.kid} if kid else {})
    return jwt.encode(header, claims, key)


def unsigned(claims: dict[str, Any]) -> str:
    """Return a JWT with `alg` none. By hand: no library should make one."""
    parts = ({"alg": "none"}, claims)
    encoded = (base64.urlsafe_b64encode(json.dumps(part).encode()) for part in parts)
    return ".".join(part.rstrip(b"=").decode() for part in encoded) + "."


@dataclass(slots=True)
class Client:
    """What the provider answered to a registration, with the keys that the client holds."""

    metadata: dict[str, Any]
    key: RSAKey
    publishes_kid: bool = False
    token_endpoint: str = ""
    audience: str = field(default="")

    @property
    def id(self) -> str:
        """The client identifier."""
        return self.metadata["client_id"]

    @property
    def secret(self) -> str:
        """The client secret."""
        return self.metadata["client_secret"]

    @property
    def redirect_uri(self) -> str:
        """The first redirect URI."""
        return self.metadata["redirect_uris"][0]

    def authenticate(self, form: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
        """Return `form` and the headers with which the client proves who it is."""
        method = self.metadata["token_endpoint_auth_method"]
        if method == "client_secret_basic":
            return form, basic(self.id, self.secret)
        if method == "client_secret_post":
            return form | {"client_id": self.id, "client_secret": self.secret}, {}
        assert method == "private_key_jwt", method
        kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        proof = {"client_assertion_type": kind, "client_assertion": self.assertion()}
        return form | proof, {}

    def assertion(self) -> str:
        """Return a client assertion, used once."""
        now = int(time.time())
        claims = {
            "iss": self.id,
            "sub": self.id,
            "aud": self.audience or self.token_endpoint,
            "jti": secrets.token_urlsafe(15),
            "iat": now,
            "exp": now + SECONDS,
        }
        return signed(claims, self.key, kid=self.publishes_kid)
