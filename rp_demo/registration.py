"""What this relying party agreed with its provider. OpenID Connect Core 2; RFC 9470 3.

No Django here: the native sample (`rp_demo.native`) reads the same words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

LOW = "urn:countersign:acr:loa1"
FACE = "urn:countersign:acr:loa3:rb"
SAME_LEVEL = "urn:countersign:acr:loa3"


@dataclass(frozen=True, slots=True)
class Registration:
    """One client at one provider.

    `algorithms` is the allow-list for ID tokens: what the token's header says never widens
    it (RFC 8725 3.1). An empty `client_secret` makes a public client.
    """

    issuer: str
    client_id: str
    redirect_uri: str
    client_secret: str = ""
    scope: str = "openid profile"
    algorithms: tuple[str, ...] = ("ES256", "RS256")


@dataclass(frozen=True, slots=True)
class Requirement:
    """How surely and how recently a person must have been authenticated.

    `acr_values` are in order of preference; `max_age` None asks for no particular age.
    """

    acr_values: tuple[str, ...]
    max_age: timedelta | None = None

    @property
    def seconds(self) -> int | None:
        """The maximum age as the protocol writes it."""
        return None if self.max_age is None else int(self.max_age.total_seconds())

    def to_session(self) -> dict[str, Any]:
        """Return JSON for a session."""
        return {"acr_values": list(self.acr_values), "max_age": self.seconds}

    @classmethod
    def from_session(cls, kept: Mapping[str, Any]) -> Requirement:
        """Read what `to_session` wrote."""
        seconds = kept["max_age"]
        max_age = None if seconds is None else timedelta(seconds=seconds)
        return cls(tuple(kept["acr_values"]), max_age)


SIGN_IN = Requirement(acr_values=(LOW,))
# The second value is the way of a person who declines the camera: the same level by a passkey.
TRANSFER = Requirement(acr_values=(FACE, SAME_LEVEL), max_age=timedelta(minutes=5))
