"""What a new client starts with, from what it is for. RFC 9700 2; RFC 8252; RFC 6749 4.4.

Four answers choose the strictest registration that the kind of application can live with; an
administrator sees it as a form that is filled in, and may change all of it.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from idp.protocol.client_record import CLIENT_SECRET_BASIC, PRIVATE_KEY_JWT

LEVEL_2 = "urn:countersign:acr:loa2"
LEVEL_3 = "urn:countersign:acr:loa3"
LEVEL_3_BY_FACE = "urn:countersign:acr:loa3:rb"


class Kind(StrEnum):
    """Where the application runs, which decides what it can keep to itself."""

    WEBSITE = "website"
    BROWSER = "browser"
    NATIVE = "native"
    SERVICE = "service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What an administrator says of a new application."""

    kind: Kind
    high_security: bool = False
    offline: bool = False
    face: bool = False

    @property
    def _has_people(self) -> bool:
        return self.kind is not Kind.SERVICE

    @property
    def _keeps_secrets(self) -> bool:
        return self.kind in {Kind.WEBSITE, Kind.SERVICE}

    @property
    def _has_keys(self) -> bool:
        return self.high_security and self._keeps_secrets

    def defaults(self, *, acr_values: Container[str]) -> dict[str, Any]:
        """Return the members of the registration; `acr_values` are those of the deployment."""
        method = "none" if not self._keeps_secrets else CLIENT_SECRET_BASIC
        return {
            "application_type": "native" if self.kind is Kind.NATIVE else "web",
            "token_endpoint_auth_method": PRIVATE_KEY_JWT if self._has_keys else method,
            "token_endpoint_auth_signing_alg": "ES256" if self._has_keys else "",
            "id_token_signed_response_alg": "ES256",
            "require_pkce": True,
            "skip_consent": False,
            **(self._of_people(acr_values) if self._has_people else self._of_service()),
        }

    def _of_people(self, acr_values: Container[str]) -> dict[str, Any]:
        floor = LEVEL_3 if self.face else LEVEL_2 if self.high_security else ""
        asked = (LEVEL_3_BY_FACE, LEVEL_3) if self.face else ()
        return {
            "grant_types": ["authorization_code", *(["refresh_token"] if self.offline else [])],
            "response_types": ["code"],
            "scope": "openid profile email" + (" offline_access" if self.offline else ""),
            "minimum_acr": floor if floor in acr_values else "",
            "default_acr_values": [value for value in asked if value in acr_values],
            "require_auth_time": self.high_security,
        }

    def _of_service(self) -> dict[str, Any]:
        return {"grant_types": ["client_credentials"], "response_types": [], "scope": ""}

    def advice(self) -> list[str]:
        """Return what the form cannot fill in, or what the answers mean, as sentences."""
        said = {
            "Authentication: the client's public keys are missing, as an address or as they are.": (
                self._has_keys
            ),
            "Flows: name the scopes of the API that it calls.": not self._has_people,
            "Flows: add where people come back to, each address exactly.": self._has_people,
            "Logout: add an address where it hears that people have signed out elsewhere.": (
                self.kind is Kind.WEBSITE
            ),
            "What runs in a browser keeps no key: for high security give it a server that gets "
            "the tokens, and register a website instead.": (
                self.high_security and self.kind is Kind.BROWSER
            ),
            "What runs on a person's device keeps no secret of yours: PKCE protects it, and "
            "people sign in at level 2 or more.": self.high_security and self.kind is Kind.NATIVE,
            "This provider asks for the face first; who declines a camera reaches the same level "
            "with a passkey.": self.face and self._has_people,
        }
        return [sentence for sentence, applies in said.items() if applies]
