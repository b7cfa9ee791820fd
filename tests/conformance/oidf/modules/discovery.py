"""The discovery document. OpenID Connect Discovery 3, 4; RFC 8414 2; the logout specifications."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from joserfc.jwk import KeySet

from tests.conformance.oidf.module import module
from tests.conformance.oidf.provider import WELL_KNOWN
from tests.conformance.oidf.run import Run

RESPONSE_TYPES = {"code", "code id_token", "id_token", "id_token token"} | {
    "code id_token token",
    "code token",
}
DYNAMIC_RESPONSE_TYPES = {"code", "id_token", "id_token token"}
PRIVATE_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}
NEEDED = {"RSA": {"n", "e"}, "EC": {"crv", "x", "y"}, "OKP": {"crv", "x"}}
TEXTS = {"issuer", "jwks_uri", "check_session_iframe", "service_documentation"}
FLAGS = {
    "claims_parameter_supported",
    "request_parameter_supported",
    "request_uri_parameter_supported",
    "require_request_uri_registration",
    "authorization_response_iss_parameter_supported",
    "backchannel_logout_supported",
    "backchannel_logout_session_supported",
    "frontchannel_logout_supported",
    "frontchannel_logout_session_supported",
}
LISTS = {
    *("scopes", "response_types", "response_modes", "grant_types", "acr_values", "subject_types"),
    *("display_values", "claim_types", "claims", "claims_locales", "ui_locales", "prompt_values"),
    "code_challenge_methods",
    *(f"{name}_endpoint_auth_methods" for name in ("token", "revocation", "introspection")),
    *(
        f"{name}_{use}_values"
        for name in ("id_token", "userinfo", "introspection", "request_object")
        for use in ("signing_alg", "encryption_alg", "encryption_enc")
    ),
    *(
        f"{name}_endpoint_auth_signing_alg_values"
        for name in ("token", "revocation", "introspection")
    ),
}
"""Members of the metadata that the specifications define, less ``_supported``: Discovery 3,
RFC 8414 2, RFC 9207 3, RFC 9701 7, Prompt Create, the logout specifications."""
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?")


@module("oidcc-discovery-endpoint-verification")
def oidcc_discovery_endpoint_verification(run: Run) -> None:
    """Everything that discovery must say, and how."""
    document = run.provider.metadata
    answered(run)
    defined(run)
    dynamic = run.variant.registration == "dynamic_client"
    types = {" ".join(sorted(name.split())) for name in document["response_types_supported"]}
    if dynamic:
        assert types >= DYNAMIC_RESPONSE_TYPES, types
        grants = document.get("grant_types_supported", ["authorization_code", "implicit"])
        assert {"authorization_code", "implicit"} <= set(grants), grants
    else:
        assert types & RESPONSE_TYPES, types
        assert document.get("grant_types_supported", ["authorization_code"])
    assert document["issuer"] == run.provider.issuer
    parts = urlsplit(document["issuer"])
    assert (parts.scheme, parts.query, parts.fragment) == ("https", "", "")
    assert set(document["subject_types_supported"]) <= {"public", "pairwise"}
    assert document["subject_types_supported"]
    assert "RS256" in document["id_token_signing_alg_values_supported"]
    assert isinstance(document.get("userinfo_signing_alg_values_supported", []), list)
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        https(run, name)
    run.warn("no userinfo endpoint", unless="userinfo_endpoint" in document)
    if dynamic:
        https(run, "registration_endpoint")
    published(run)
    offered = document.get("request_object_signing_alg_values_supported", ["RS256"])
    run.warn("RS256 is not offered for request objects", unless="RS256" in offered)
    claims = document.get("claims_supported")
    run.warn("claims_supported is missing", unless=isinstance(claims, list))
    run.warn("scopes_supported is missing", unless="scopes_supported" in document)
    assert "openid" in document["scopes_supported"]
    assert all(_SCOPE.fullmatch(scope) for scope in document["scopes_supported"])
    for name in ("ui_locales_supported", "claims_locales_supported"):
        assert all(_LANGUAGE.fullmatch(tag) for tag in document.get(name, [])), document[name]
    assert isinstance(document.get("code_challenge_methods_supported", []), list)
    every_endpoint_is_https(run)


@module("oidcc-rp-initiated-logout-discovery-endpoint-verification")
def oidcc_rp_initiated_logout_discovery_endpoint_verification(run: Run) -> None:
    """Discovery has the logout endpoint."""
    every_endpoint_is_https(run)
    https(run, "end_session_endpoint")


@module("oidcc-backchannel-logout-discovery-endpoint-verification")
def oidcc_backchannel_logout_discovery_endpoint_verification(run: Run) -> None:
    """Discovery offers back-channel logout, by session."""
    every_endpoint_is_https(run)
    assert run.provider.metadata.get("backchannel_logout_supported") is True
    assert run.provider.metadata.get("backchannel_logout_session_supported") is True
    https(run, "end_session_endpoint")


@module("oidcc-frontchannel-logout-discovery-endpoint-verification")
def oidcc_frontchannel_logout_discovery_endpoint_verification(run: Run) -> None:
    """Discovery offers front-channel logout, by session."""
    answered(run)
    every_endpoint_is_https(run)
    assert run.provider.metadata.get("frontchannel_logout_supported") is True
    assert run.provider.metadata.get("frontchannel_logout_session_supported") is True
    https(run, "end_session_endpoint")


@module("oidcc-session-management-discovery-endpoint-verification")
def oidcc_session_management_discovery_endpoint_verification(run: Run) -> None:
    """Discovery has the frame that watches the session."""
    answered(run)
    https(run, "check_session_iframe")
    https(run, "end_session_endpoint")


def answered(run: Run) -> None:
    """Check how the document was served. Discovery 4.2."""
    response = run.provider.discovery
    assert response.status == 200, response.status
    assert response.media_type == "application/json", response.media_type
    assert response.url == run.provider.issuer.rstrip("/") + WELL_KNOWN


def defined(run: Run) -> None:
    """Check the type of every member; warn of one that no specification defines."""
    for name, value in run.provider.metadata.items():
        if name in TEXTS or name.endswith("_endpoint"):
            assert isinstance(value, str), name
        elif name in FLAGS:
            assert isinstance(value, bool), name
        elif name.removesuffix("_supported") in LISTS:
            assert value, name
            assert all(isinstance(one, str) for one in value), name
        else:
            run.warn(f"no specification defines {name}")


def https(run: Run, name: str) -> None:
    """Check that an endpoint is there, and https."""
    assert urlsplit(run.provider.endpoint(name)).scheme == "https", name


def every_endpoint_is_https(run: Run) -> None:
    """Check all endpoints at once."""
    for name in run.provider.metadata:
        if name.endswith("_endpoint"):
            https(run, name)


def published(run: Run) -> list[dict[str, str]]:
    """Check the published keys; return them. RFC 7517; Core 10.1."""
    keys = run.provider.jwks()["keys"]
    assert keys
    for key in keys:
        assert not PRIVATE_MEMBERS & set(key), "a private or symmetric key is published"
        needed = NEEDED[key["kty"]]
        assert needed <= set(key), key
        assert all(_BASE64URL.fullmatch(key[name]) for name in needed - {"crv"}), key
        assert key.get("kid"), key
    names = [key["kid"] for key in keys]
    assert len(set(names)) == len(names), names
    KeySet.import_key_set({"keys": keys})
    return keys
