"""A provider of the tests' own: it answers a `Transport`, and its tokens can be falsified.

No socket is opened: what the relying party sends to its own resource goes back into Django.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from django.test import RequestFactory
from joserfc import jwt
from joserfc.jwk import ECKey

from rp_demo import resource
from rp_demo.transport import Answer, Unreachable

ISSUER = "http://provider.test"
CLIENT_ID = "demo-bank"
SECRET = "a-secret"
SUBJECT = "s-4711"


class FakeProvider:
    """Answers as the provider would; `change` falsifies the next ID token's claims."""

    def __init__(self):
        self.key = ECKey.generate_key("P-256", {"kid": "one", "use": "sig", "alg": "ES256"})
        self.published = [self.key]
        self.metadata = {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/jwks",
            "userinfo_endpoint": f"{ISSUER}/userinfo",
            "introspection_endpoint": f"{ISSUER}/introspect",
            "end_session_endpoint": f"{ISSUER}/logout",
            "authorization_response_iss_parameter_supported": True,
        }
        self.acr = "urn:countersign:acr:loa1"
        self.amr = ["pwd"]
        self.subject = SUBJECT
        self.auth_time = None
        self.change = {}
        self.header = {"alg": "ES256", "kid": "one"}
        self.signing_key = self.key
        self.down = False
        self.instead = {}
        self.asked = {}
        self.codes = {}
        self.tokens = {}
        self.calls = []

    def __call__(self, method, url, *, headers, body=None):
        path = urlsplit(url).path
        self.calls.append((method, path))
        if self.down:
            message = "down"
            raise Unreachable(message)
        if path in self.instead:
            return self.instead[path]
        if path == "/api/transfer":
            return self._resource(headers, body)
        form = dict(parse_qsl(body.decode())) if body else {}
        answers = {
            "/.well-known/openid-configuration": lambda: _json(self.metadata),
            "/jwks": lambda: _json(
                {"keys": [key.as_dict(private=False) for key in self.published]}
            ),
            "/token": lambda: self._token(headers, form),
            "/userinfo": lambda: _json({"sub": self.subject, "name": "Alice Archer"}),
            "/introspect": lambda: _json(self.tokens.get(form["token"], {"active": False})),
        }
        return answers[path]()

    def authorize(self, url):
        """Play the browser at the authorization endpoint; return the response's parameters."""
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        code = secrets.token_urlsafe(16)
        self.codes[code] = self.asked
        return {"code": code, "state": self.asked["state"], "iss": ISSUER}

    def claims(self, asked, access_token):
        now = int(time.time())
        half = hashlib.sha256(access_token.encode()).digest()[:16]
        truth = {
            "iss": ISSUER,
            "sub": self.subject,
            "aud": CLIENT_ID,
            "exp": now + 600,
            "iat": now,
            "auth_time": now if self.auth_time is None else self.auth_time,
            "nonce": asked["nonce"],
            "acr": self.acr,
            "amr": self.amr,
            "sid": "session-1",
            "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(),
        }
        return {name: value for name, value in (truth | self.change).items() if value is not None}

    def _token(self, headers, form):
        basic = base64.b64encode(f"{CLIENT_ID}:{SECRET}".encode()).decode()
        asked = self.codes.pop(form.get("code"), None)
        verifier = form.get("code_verifier", "")
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
        if headers.get("Authorization") != f"Basic {basic}":
            return _json({"error": "invalid_client"}, 401)
        if asked is None or challenge.rstrip(b"=").decode() != asked["code_challenge"]:
            return _json({"error": "invalid_grant"}, 400)
        access_token = secrets.token_urlsafe(32)
        claims = self.claims(asked, access_token)
        self.tokens[access_token] = {
            "active": True,
            "iss": ISSUER,
            "client_id": CLIENT_ID,
            "sub": claims.get("sub"),
            "scope": asked["scope"],
            "exp": int(time.time()) + 600,
            "acr": claims.get("acr"),
            "amr": claims.get("amr"),
            "auth_time": claims.get("auth_time"),
        }
        return _json(
            {
                "access_token": access_token,
                "token_type": "Bearer",
                "expires_in": 600,
                "id_token": jwt.encode(self.header, claims, self.signing_key),
            }
        )

    def _resource(self, headers, body):
        extra = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
        request = RequestFactory().post(
            "/api/transfer", data=body, content_type="application/json", **extra
        )
        response = resource.transfer(request)
        named = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, named, response.content)


def _json(value, status=200):
    return Answer(status, {"content-type": "application/json"}, json.dumps(value).encode())


def callback(parameters):
    """Return the callback's address with the response's parameters."""
    return f"/callback?{urlencode(parameters)}"


provider = FakeProvider()


def send(method, url, *, headers, body=None):
    """Reach whichever provider the running test set up. A `Transport`."""
    return provider(method, url, headers=headers, body=body)
