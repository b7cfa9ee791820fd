"""Client metadata as a value, by the names of the specifications. RFC 7591 2.

OpenID Connect Dynamic Client Registration 1.0 2, with its defaults; OpenID Connect Core 8.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

CLIENT_SECRET_BASIC = "client_secret_basic"  # noqa: S105 - a method, not a secret
CLIENT_SECRET_POST = "client_secret_post"  # noqa: S105 - a method, not a secret
PRIVATE_KEY_JWT = "private_key_jwt"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientMetadata:
    """A client's metadata by the names of the specifications; the defaults are theirs.

    An empty algorithm means: unsigned, unencrypted, or for assertions and request objects any
    that the client's keys make. `scope` is empty where nothing is asked for.
    """

    client_name: str = ""
    application_type: str = "web"
    token_endpoint_auth_method: str = CLIENT_SECRET_BASIC
    token_endpoint_auth_signing_alg: str = ""
    jwks: Mapping[str, Any] | None = None
    jwks_uri: str = ""
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    scope: str = ""
    grant_types: tuple[str, ...] = ("authorization_code",)
    response_types: tuple[str, ...] = ("code",)
    request_object_signing_alg: str = ""
    require_signed_request_object: bool = False
    request_uris: tuple[str, ...] = ()
    subject_type: str = "public"
    sector_identifier_uri: str = ""
    id_token_signed_response_alg: str = "RS256"  # noqa: S105 - an algorithm
    id_token_encrypted_response_alg: str = ""
    id_token_encrypted_response_enc: str = ""
    userinfo_signed_response_alg: str = ""
    userinfo_encrypted_response_alg: str = ""
    userinfo_encrypted_response_enc: str = ""
    introspection_signed_response_alg: str = ""
    introspection_encrypted_response_alg: str = ""
    introspection_encrypted_response_enc: str = ""
    default_acr_values: tuple[str, ...] = ()
    default_max_age: int | None = None
    require_auth_time: bool = False
    backchannel_logout_uri: str = ""
    backchannel_logout_session_required: bool = False
    frontchannel_logout_uri: str = ""
    frontchannel_logout_session_required: bool = False
    initiate_login_uri: str = ""
    client_uri: str = ""
    logo_uri: str = ""
    policy_uri: str = ""
    tos_uri: str = ""
    contacts: tuple[str, ...] = ()
    software_id: str = ""
    software_version: str = ""

    @property
    def authenticates(self) -> bool:
        """Whether the client can show that it is itself."""
        return self.token_endpoint_auth_method != "none"  # noqa: S105 - a method

    @property
    def sector_identifier(self) -> str:
        """The host whose clients know a person by one pairwise identifier. Core 8.1."""
        sector = self.sector_identifier_uri or next(iter(self.redirect_uris), "")
        try:
            return urlsplit(sector).hostname or ""
        except ValueError:  # said where the address itself is judged
            return ""
