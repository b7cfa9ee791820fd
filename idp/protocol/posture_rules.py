"""What a registration is held against. RFC 9700; RFC 8252; OpenID Connect Core 1.0.

What no registration can have here, because the provider refuses it to everybody, has no rule:
inexact redirect URIs, ``plain`` challenges, answers without ``iss``.
"""

from __future__ import annotations

from idp.protocol.client_record import CLIENT_SECRET_POST
from idp.protocol.posture import Finding, Rule, Severity
from idp.protocol.posture_fapi import FAPI

_BCP = "RFC 9700"
_NATIVE = "RFC 8252"
_CORE = "OpenID Connect Core 1.0"
_warning, _note = Severity.WARNING, Severity.NOTE

GOOD_PRACTICE: tuple[Rule, ...] = (
    (
        lambda it, _server: it.without_pkce,
        Finding(
            "no_pkce",
            _warning,
            _BCP,
            "2.1.1",
            "Requests without PKCE are accepted: a stolen code can be put into another session.",
            "Turn on “require PKCE”; every current library sends it.",
        ),
    ),
    (
        lambda it, _server: it.tokens_in_front,
        Finding(
            "access_token_in_browser",
            _warning,
            _BCP,
            "2.1.2",
            "Access tokens travel through the browser, where they leak and can be replayed.",
            "Leave “code” as the only response type, and take the grant type implicit away.",
        ),
    ),
    (
        lambda it, _server: it.is_web and "http" in it.schemes,
        Finding(
            "unencrypted_redirect",
            _warning,
            _BCP,
            "2.6",
            "A redirect URI of a website is http: codes travel without encryption.",
            "Replace it by an https address, or register a native application as such.",
        ),
    ),
    (
        lambda it, _server: it.has_secret,
        Finding(
            "shared_secret",
            _note,
            _BCP,
            "2.5",
            "The client authenticates with a secret that both sides know.",
            "Change the method to private_key_jwt: a key that never leaves the client.",
        ),
    ),
    (
        lambda it, _server: it.metadata.token_endpoint_auth_method == CLIENT_SECRET_POST,
        Finding(
            "secret_in_body",
            _note,
            "RFC 6749",
            "2.3.1",
            "The secret is sent in the body of requests, which logs keep more often.",
            "Change the method to private_key_jwt, or at least to client_secret_basic.",
        ),
    ),
    (
        lambda it, _server: it.is_web and it.redirects and not it.metadata.authenticates,
        Finding(
            "public_web_client",
            _note,
            _BCP,
            "2.5",
            "Anybody can speak to the token endpoint in the name of this web application.",
            "If it has a server, let that ask for the tokens, with private_key_jwt.",
        ),
    ),
    (
        lambda it, _server: (
            it.is_web
            and not it.metadata.authenticates
            and "refresh_token" in it.metadata.grant_types
        ),
        Finding(
            "refresh_token_in_browser",
            _note,
            _BCP,
            "4.14.2",
            "Refresh tokens are kept in a browser; they are rotated, but they can be stolen.",
            "Take the grant type refresh_token away; the provider's session signs in again.",
        ),
    ),
    (
        lambda it, _server: "client_credentials" in it.metadata.grant_types and it.redirects,
        Finding(
            "person_and_service",
            _note,
            _BCP,
            "4.15",
            "One client acts for people and for itself: an API has to tell its tokens apart.",
            "Register the service as a client of its own.",
        ),
    ),
    (
        lambda it, _server: not it.is_web and it.has_secret,
        Finding(
            "secret_in_app",
            _warning,
            _NATIVE,
            "8.5",
            "A secret that is shipped in an application is known to everybody who has it.",
            "Change the method to none; PKCE protects the codes.",
        ),
    ),
    (
        lambda it, _server: not it.is_web and it.answers_in_front,
        Finding(
            "implicit_in_app",
            _warning,
            _NATIVE,
            "8.2",
            "PKCE cannot protect what the implicit grant returns to an application.",
            "Leave “code” as the only response type.",
        ),
    ),
    (
        lambda it, _server: not it.is_web and it.skip_consent,
        Finding(
            "app_without_consent",
            _warning,
            _NATIVE,
            "8.6",
            "Another application can pose as this one, and nobody is asked.",
            "Turn off “skip consent”.",
        ),
    ),
    (
        lambda it, _server: not it.is_web and it.uses_localhost,
        Finding(
            "localhost",
            _note,
            _NATIVE,
            "8.3",
            "The name localhost can be made to point elsewhere.",
            "Register http://127.0.0.1/… and http://[::1]/…; any port is accepted then.",
        ),
    ),
    (
        lambda it, _server: not it.is_web and bool(it.schemes - {"http", "https"}),
        Finding(
            "private_scheme",
            _note,
            _NATIVE,
            "7.2",
            "Another application on the device can claim the same scheme.",
            "Where the platform allows it, register an https address that the application claims.",
        ),
    ),
    (
        lambda it, _server: it.self_registered,
        Finding(
            "nobody_vouches",
            _note,
            "RFC 7591",
            "5",
            "The client registered itself, and nobody has checked what it says.",
            "Check it, then run the action “Take over” in the list.",
        ),
    ),
    (
        lambda it, _server: it.self_registered and it.skip_consent,
        Finding(
            "unchecked_without_consent",
            _warning,
            _CORE,
            "3.1.2.4",
            "A client that nobody has checked gets what it asks for without a question.",
            "Turn off “skip consent”, or check the client and take it over.",
        ),
    ),
    (
        lambda it, _server: it.skip_consent,
        Finding(
            "no_consent",
            _note,
            _CORE,
            "3.1.2.4",
            "People are not asked what this application may have of them.",
            "Right only for applications of your own organisation; else turn off “skip consent”.",
        ),
    ),
    (
        lambda it, _server: it.self_registered and it.metadata.subject_type == "public",
        Finding(
            "correlation",
            _note,
            _CORE,
            "17.3",
            "An application of somebody else knows people by the same identifier as others do.",
            "Choose pairwise before people use it: their identifiers change.",
        ),
    ),
    (
        lambda it, _server: it.metadata.request_object_signing_alg == "none",
        Finding(
            "unsigned_request_objects",
            _note,
            "RFC 9101",
            "10.5",
            "Request objects are accepted without a signature: they prove nothing.",
            "Choose an algorithm for request objects, or leave it empty: any signature.",
        ),
    ),
    (
        lambda it, _server: it.is_web and it.redirects and not it.hears_of_logouts,
        Finding(
            "deaf_to_logout",
            _note,
            "OpenID Connect Back-Channel Logout 1.0",
            "2.2",
            "When people sign out elsewhere, this application does not hear of it.",
            "Register a back-channel logout URI.",
        ),
    ),
)

RULES = (*GOOD_PRACTICE, *FAPI)
