"""The order of a client's fields: what is asked most comes first. RFC 7591 2."""

from __future__ import annotations

from typing import Any

FIELDSETS: Any = (
    (
        None,
        {
            "fields": (
                ("name", "client_id"),
                ("application_type", "is_active"),
            )
        },
    ),
    (
        "Flows",
        {
            "classes": ("tab",),
            "fields": (
                "redirect_uris",
                "grant_types",
                "response_types",
                "scope",
                "require_pkce",
            ),
        },
    ),
    (
        "Authentication",
        {
            "classes": ("tab",),
            "fields": (
                ("token_endpoint_auth_method", "token_endpoint_auth_signing_alg"),
                "jwks_uri",
                "jwks",
            ),
        },
    ),
    (
        "People",
        {
            "classes": ("tab",),
            "fields": (
                "minimum_acr",
                "default_acr_values",
                ("default_max_age", "require_auth_time"),
                "skip_consent",
                "subject_type",
                "sector_identifier_uri",
            ),
        },
    ),
    (
        "Requests",
        {
            "classes": ("tab",),
            "fields": (
                "request_object_signing_alg",
                "require_signed_request_object",
                "request_uris",
                "initiate_login_uri",
            ),
        },
    ),
    (
        "Tokens",
        {
            "classes": ("tab",),
            "fields": (
                "access_token_format",
                "id_token_signed_response_alg",
                ("id_token_encrypted_response_alg", "id_token_encrypted_response_enc"),
                "userinfo_signed_response_alg",
                ("userinfo_encrypted_response_alg", "userinfo_encrypted_response_enc"),
                "introspection_signed_response_alg",
                (
                    "introspection_encrypted_response_alg",
                    "introspection_encrypted_response_enc",
                ),
            ),
        },
    ),
    (
        "Logout",
        {
            "classes": ("tab",),
            "fields": (
                "post_logout_redirect_uris",
                "backchannel_logout_uri",
                "backchannel_logout_session_required",
                "frontchannel_logout_uri",
                "frontchannel_logout_session_required",
            ),
        },
    ),
    (
        "About",
        {
            "classes": ("tab",),
            "fields": (
                ("client_uri", "logo_uri"),
                ("policy_uri", "tos_uri"),
                "contacts",
                ("software_id", "software_version"),
            ),
        },
    ),
)

STORED: Any = (("registered_by", "created_at"),)
"""What is known of a client once it is registered."""
