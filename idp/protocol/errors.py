"""Errors of the protocol: a public half for the client, a private half for the log.

RFC 6749 4.1.2.1 and 5.2; OpenID Connect Core 3.1.2.6; RFC 6750 3.1; RFC 7591 3.2.2; RFC 9470 3;
RFC 8707 2; OpenID Connect Core Error Code unmet_authentication_requirements 1.0.
"""

from __future__ import annotations

from enum import StrEnum


class ErrorCode(StrEnum):
    """Registered error codes that the provider answers with."""

    INVALID_REQUEST = "invalid_request"
    UNAUTHORIZED_CLIENT = "unauthorized_client"
    ACCESS_DENIED = "access_denied"
    UNSUPPORTED_RESPONSE_TYPE = "unsupported_response_type"
    INVALID_SCOPE = "invalid_scope"
    SERVER_ERROR = "server_error"
    TEMPORARILY_UNAVAILABLE = "temporarily_unavailable"

    INTERACTION_REQUIRED = "interaction_required"
    LOGIN_REQUIRED = "login_required"
    ACCOUNT_SELECTION_REQUIRED = "account_selection_required"
    CONSENT_REQUIRED = "consent_required"
    INVALID_REQUEST_URI = "invalid_request_uri"
    INVALID_REQUEST_OBJECT = "invalid_request_object"
    REQUEST_NOT_SUPPORTED = "request_not_supported"
    REQUEST_URI_NOT_SUPPORTED = "request_uri_not_supported"
    REGISTRATION_NOT_SUPPORTED = "registration_not_supported"
    UNMET_AUTHENTICATION_REQUIREMENTS = "unmet_authentication_requirements"

    INVALID_TARGET = "invalid_target"
    INVALID_CLIENT = "invalid_client"
    INVALID_GRANT = "invalid_grant"
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type"

    INVALID_REDIRECT_URI = "invalid_redirect_uri"
    INVALID_CLIENT_METADATA = "invalid_client_metadata"
    INVALID_SOFTWARE_STATEMENT = "invalid_software_statement"
    UNAPPROVED_SOFTWARE_STATEMENT = "unapproved_software_statement"

    INVALID_TOKEN = "invalid_token"  # noqa: S105 - a word of RFC 6750, not a secret
    INSUFFICIENT_SCOPE = "insufficient_scope"
    INSUFFICIENT_USER_AUTHENTICATION = "insufficient_user_authentication"


class ProtocolError(Exception):
    """A request that the protocol answers with an error.

    `code` and `description` go to the client; `detail` is for the log alone.
    """

    def __init__(self, code: ErrorCode, description: str, *, detail: str = "") -> None:
        """Keep both halves; `str()` shows the public one."""
        super().__init__(f"{code}: {description}")
        self.code = code
        self.description = description
        self.detail = detail
