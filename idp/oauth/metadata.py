"""The discovery document, generated from what is switched on. OpenID Connect Discovery 1.0 3.

RFC 8414 2; RFC 9207 3; OpenID Connect RP-Initiated Logout 1.0 2.1, Session Management 1.0 3.3,
Front-Channel Logout 1.0 3, Back-Channel Logout 1.0 2.1.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings

from idp.oauth import acr_aliases, registration
from idp.oauth.profile import Profile
from idp.policy import IdpPolicy
from idp.protocol import assurance_claim
from idp.protocol.algorithms import ASSERTION, CONTENT_ENCRYPTION, KEY_MANAGEMENT, SIGNING
from idp.protocol.claims import SCOPE_CLAIMS

ENDPOINTS = {
    "authorization_endpoint": "/authorize",
    "token_endpoint": "/token",
    "userinfo_endpoint": "/userinfo",
    "introspection_endpoint": "/introspect",
    "revocation_endpoint": "/revoke",
    "end_session_endpoint": "/logout",
    "check_session_iframe": "/check-session",
    "jwks_uri": "/jwks",
}
DISPLAYS = ("page", "popup", "touch", "wap")
_ASSERTION_ALGORITHMS = [name for names in ASSERTION.values() for name in names]
_ALWAYS = ("sub", "iss", "aud", "exp", "iat", "auth_time", "acr", "amr", "sid")


def document(profile: Profile, policy: IdpPolicy) -> dict[str, Any]:
    """Return the provider's metadata."""
    confidential = [method for method in profile.client_authentication if method != "none"]
    opened = [claim for scope in profile.scopes for claim in SCOPE_CLAIMS.get(scope, ())]
    return {
        "issuer": policy.issuer,
        **{name: policy.url(path) for name, path in ENDPOINTS.items()},
        **_registration(policy),
        "scopes_supported": list(profile.scopes),
        "response_types_supported": list(profile.response_types),
        "response_modes_supported": list(profile.response_modes),
        "grant_types_supported": list(profile.grant_types),
        "acr_values_supported": acr_aliases.advertised(),
        "subject_types_supported": ["public", "pairwise"],
        **_algorithms(policy),
        "token_endpoint_auth_methods_supported": list(profile.client_authentication),
        "token_endpoint_auth_signing_alg_values_supported": _ASSERTION_ALGORITHMS,
        "introspection_endpoint_auth_methods_supported": confidential,
        "introspection_endpoint_auth_signing_alg_values_supported": _ASSERTION_ALGORITHMS,
        "revocation_endpoint_auth_methods_supported": list(profile.client_authentication),
        "revocation_endpoint_auth_signing_alg_values_supported": _ASSERTION_ALGORITHMS,
        "code_challenge_methods_supported": list(profile.code_challenge_methods),
        "claim_types_supported": ["normal"],
        "claims_supported": [*_ALWAYS, *opened, assurance_claim.name(policy.issuer)],
        "claims_parameter_supported": True,
        "request_parameter_supported": True,
        "request_uri_parameter_supported": True,
        "require_request_uri_registration": True,
        # Not "none", which single clients may have: whoever reads it here takes it for all.
        "request_object_signing_alg_values_supported": list(SIGNING),
        "prompt_values_supported": list(profile.prompts),
        "display_values_supported": list(DISPLAYS),
        "ui_locales_supported": [code for code, _name in settings.LANGUAGES],
        "authorization_response_iss_parameter_supported": True,
        "frontchannel_logout_supported": True,
        "frontchannel_logout_session_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
    }


def _algorithms(policy: IdpPolicy) -> dict[str, list[str]]:
    """Return what is signed and encrypted, and how. Also RFC 9701 7."""
    algorithms = {
        "signing_alg": policy.id_token_signing_algorithms,
        "encryption_alg": KEY_MANAGEMENT,
        "encryption_enc": CONTENT_ENCRYPTION,
    }
    return {
        f"{answer}_{use}_values_supported": list(names)
        for answer in ("id_token", "userinfo", "introspection")
        for use, names in algorithms.items()
    }


def _registration(policy: IdpPolicy) -> dict[str, str]:
    """Return where clients register, if they may."""
    closed = policy.registration == "closed"
    return {} if closed else {"registration_endpoint": policy.url(registration.PATH)}
