"""What a registration lacks for the profile of banks. FAPI 2.0 Security Profile (Final).

5.3.2.1 (general requirements), 5.3.2.2 (authorization code flow), 5.4.1 (algorithms), 6.1
(lifetimes of access tokens). RFC 9126; RFC 9449; RFC 8705.
"""

from __future__ import annotations

from datetime import timedelta

from idp.protocol.posture import Finding, Rule, Severity

_FAPI = "FAPI 2.0 Security Profile"
_lack = Severity.LACK
_ALGORITHMS = frozenset({"PS256", "ES256", "EdDSA"})
_LONGEST_CODE = timedelta(seconds=60)
_LONGEST_ACCESS_TOKEN = timedelta(hours=1)
_NOTHING_TO_CHANGE = "Nothing to change at this client: the provider has to offer it first."

FAPI: tuple[Rule, ...] = (
    (
        lambda it, _server: not it.metadata.authenticates,
        Finding(
            "fapi_confidential",
            _lack,
            _FAPI,
            "5.3.2.1",
            "Clients that do not authenticate are not allowed.",
            "Move the exchange of codes to a server.",
        ),
    ),
    (
        lambda it, _server: not it.has_key,
        Finding(
            "fapi_authentication",
            _lack,
            _FAPI,
            "5.3.2.1",
            "Clients authenticate with private_key_jwt or mutual TLS; this one does not.",
            "Change the method to private_key_jwt and register the client's keys.",
        ),
    ),
    (
        lambda _it, server: not server.sender_constrained,
        Finding(
            "fapi_sender_constrained",
            _lack,
            _FAPI,
            "5.3.2.1",
            "Access tokens are bound to the client's key; this provider offers neither "
            "DPoP (RFC 9449) nor mutual TLS (RFC 8705).",
            _NOTHING_TO_CHANGE,
        ),
    ),
    (
        lambda it, server: it.redirects and not server.pushed_requests,
        Finding(
            "fapi_pushed_requests",
            _lack,
            _FAPI,
            "5.3.2.2",
            "Authorization requests are pushed (RFC 9126); this provider does not offer it.",
            _NOTHING_TO_CHANGE,
        ),
    ),
    (
        lambda it, _server: it.answers_in_front,
        Finding(
            "fapi_code_only",
            _lack,
            _FAPI,
            "5.3.2.2",
            "The only response type is code.",
            "Leave “code” as the only response type.",
        ),
    ),
    (
        lambda it, _server: it.without_pkce,
        Finding(
            "fapi_pkce",
            _lack,
            _FAPI,
            "5.3.2.2",
            "PKCE with S256 is required.",
            "Turn on “require PKCE”.",
        ),
    ),
    (
        lambda it, _server: it.is_web and "http" in it.schemes,
        Finding(
            "fapi_https",
            _lack,
            _FAPI,
            "5.3.2.2",
            "Redirect URIs are https, but for the loopback address of a native application.",
            "Replace the http address.",
        ),
    ),
    (
        lambda it, _server: it.metadata.token_endpoint_auth_signing_alg not in _ALGORITHMS,
        Finding(
            "fapi_assertion_algorithm",
            _lack,
            _FAPI,
            "5.4.1",
            "Assertions are signed with PS256, ES256 or EdDSA; this client is not held to one.",
            "Choose one of them as the algorithm of assertions.",
        ),
    ),
    (
        lambda it, _server: it.gets_rs256,
        Finding(
            "fapi_signature",
            _lack,
            _FAPI,
            "5.4.1",
            "RS256 is not among the algorithms: PS256, ES256, EdDSA.",
            "Choose ES256 for what this client gets signed.",
        ),
    ),
    (
        lambda it, _server: it.metadata.request_object_signing_alg in {"none", "RS256"},
        Finding(
            "fapi_request_objects",
            _lack,
            _FAPI,
            "5.4.1",
            "Neither none nor RS256 is accepted for what a client signs.",
            "Choose PS256, ES256 or EdDSA for request objects.",
        ),
    ),
    (
        lambda it, server: it.gets_codes and server.code_lifetime > _LONGEST_CODE,
        Finding(
            "fapi_code_lifetime",
            _lack,
            _FAPI,
            "5.3.2.1",
            "A code lives for 60 seconds at most; those of this provider live longer.",
            "Shorten the lifetime of codes in the settings of the provider.",
        ),
    ),
    (
        lambda _it, server: server.access_token_lifetime > _LONGEST_ACCESS_TOKEN,
        Finding(
            "fapi_access_token_lifetime",
            _lack,
            _FAPI,
            "6.1",
            "Access tokens should be short-lived; those of this provider live over an hour.",
            "Shorten the lifetime of access tokens in the settings of the provider.",
        ),
    ),
)
