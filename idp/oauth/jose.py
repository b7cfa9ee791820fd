"""JWTs that this provider signs. RFC 7515; RFC 7519; RFC 8725 3.1 (one algorithm), 3.11 (typ)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from joserfc import jwt
from joserfc.errors import UnsupportedAlgorithmError
from joserfc.jwa import JWSAlgModel
from joserfc.jws import JWSRegistry

from idp import keys


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


def sign(claims: Mapping[str, Any], *, algorithm: str, typ: str = "JWT") -> str:
    """Return `claims` signed with the key that signs now with `algorithm`."""
    key = keys.signing_key(algorithm)
    header = {"alg": algorithm, "typ": typ, "kid": key.kid}
    return jwt.encode(header, dict(claims), key, registry=Pinned(algorithm))
