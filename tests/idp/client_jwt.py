"""What a client signs with its own keys: assertions and request objects, right or wrong."""

from __future__ import annotations

import time
import uuid

from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from idp.keys import Key
from idp.policy import get_policy
from tests.factories import CLIENT_SECRET, a_client

ALGORITHMS = ("ES256", "RS256", "PS256", "EdDSA", "HS256", "HS384", "HS512")
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_keys: dict[tuple[str, str], Key] = {}


class AnyAlgorithm(JWSRegistry):
    """A client signs with what it likes."""

    def get_alg(self, name):
        return self.algorithms[name]


def key_for(algorithm, kid="k1"):
    """Return a private key for `algorithm`, made once."""
    if (algorithm, kid) not in _keys:
        options = {"kid": kid, "use": "sig"}
        match algorithm:
            case "ES256":
                key: Key = ECKey.generate_key("P-256", options)
            case "EdDSA":
                key = OKPKey.generate_key("Ed25519", options)
            case _:
                key = RSAKey.generate_key(2048, options)
        _keys[algorithm, kid] = key
    return _keys[algorithm, kid]


def jwks(*keys):
    """Return the public key set of `keys`."""
    return {"keys": [key.as_dict(private=False) for key in keys]}


def a_client_with_keys(algorithm="ES256", **fields):
    """Return a stored client that authenticates with a key of its own."""
    own = {
        "token_endpoint_auth_method": "private_key_jwt",
        "secret_sha256": "",
        "jwks": jwks(key_for(algorithm)),
    }
    return a_client(**own | fields)


def a_client_that_signs_with_its_secret(**fields):
    """Return a stored client of client_secret_jwt, with the usual secret."""
    row = a_client(token_endpoint_auth_method="client_secret_jwt", **fields)
    row.keep_secret(CLIENT_SECRET)
    row.save()
    return row


class In(float):
    """So many seconds from now, whenever that is."""


def sign(claims, *, algorithm="ES256", key=None, **header):
    """Return a JWT; claims and header members that are None are left out."""
    now = int(time.time())
    claims = {
        name: (now + value if value % 1 else now + int(value)) if isinstance(value, In) else value
        for name, value in claims.items()
        if value is not None
    }
    header = {"alg": algorithm, "kid": "k1"} | header
    header = {name: value for name, value in header.items() if value is not None}
    if key is None:
        secret = algorithm.startswith("HS")
        key = OctKey.import_key(CLIENT_SECRET) if secret else key_for(algorithm)
    return jwt.encode(header, claims, key, registry=AnyAlgorithm(), default_type=None)


def assertion(client_id, *, algorithm="ES256", key=None, header=None, **change):
    """Return a client assertion; a claim that is None is left out."""
    now = int(time.time())
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": get_policy().issuer,
        "iat": now,
        "exp": now + 60,
        "jti": uuid.uuid4().hex,
    } | change
    return sign(claims, algorithm=algorithm, key=key, **header or {})


def assertion_form(given):
    """Return the form parameters that carry an assertion."""
    return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": given}
