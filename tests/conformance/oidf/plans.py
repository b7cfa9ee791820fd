"""Which module runs with which variant: the OpenID Foundation's certification plans for providers.

The order is the plans' own. A variant that a plan leaves to whoever runs it is chosen here:
discovery, and dynamic registration wherever the plan allows it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Variant:
    """How a module is run."""

    response_type: str = "code"
    client_auth: str = "client_secret_basic"
    response_mode: str = "default"
    registration: str = "dynamic_client"

    def has(self, word: str) -> bool:
        """Whether the response type contains `word`: code, id_token or token."""
        return word in self.response_type.split()


@dataclass(frozen=True, slots=True)
class Entry:
    """One module of one plan."""

    plan: str
    module: str
    variant: Variant

    @property
    def id(self) -> str:
        """What pytest prints."""
        return f"{self.plan}-{self.variant.response_type}-{self.module}"


@dataclass(frozen=True, slots=True)
class Plan:
    """One certification plan. `profile` is what the Foundation certifies with it."""

    name: str
    profile: str
    entries: tuple[Entry, ...]


def _plan(name: str, profile: str, *parts: tuple[Variant, Iterable[str]]) -> Plan:
    found = [Entry(name, module, variant) for variant, ids in parts for module in ids]
    return Plan(name, profile, tuple(found))


def _form_post(plan: Plan, name: str, profile: str) -> Plan:
    """Return `plan` with every response POSTed to the client."""
    entries = [
        Entry(name, entry.module, replace(entry.variant, response_mode="form_post"))
        for entry in plan.entries
    ]
    return Plan(name, profile, tuple(entries))


_SCOPES = (
    "oidcc-scope-profile",
    "oidcc-scope-email",
    "oidcc-scope-address",
    "oidcc-scope-phone",
    "oidcc-scope-all",
)
_USERINFO = ("oidcc-userinfo-get", "oidcc-userinfo-post-header", "oidcc-userinfo-post-body")
_ORDER = "oidcc-alternate-happy-flow"
_REQUEST = (
    "oidcc-display-page",
    "oidcc-display-popup",
    "oidcc-prompt-login",
    "oidcc-prompt-none-not-logged-in",
    "oidcc-prompt-none-logged-in",
    "oidcc-max-age-1",
    "oidcc-max-age-10000",
    "oidcc-ensure-request-with-unknown-parameter-succeeds",
    "oidcc-id-token-hint",
    "oidcc-login-hint",
    "oidcc-ui-locales",
    "oidcc-claims-locales",
    "oidcc-ensure-request-with-acr-values-succeeds",
)
_CODE_REUSE = ("oidcc-codereuse", "oidcc-codereuse-30seconds")
_REDIRECT_URI = "oidcc-ensure-registered-redirect-uri"
_UNSIGNED_OBJECTS = (
    "oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported",
    "oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported",
)
_OBJECT_REDIRECT_URI = "oidcc-ensure-request-object-with-redirect-uri"
_PKCE = "oidcc-ensure-request-with-valid-pkce-succeeds"
_NO_NONCE_FAILS = "oidcc-ensure-request-without-nonce-fails"
_NO_NONCE_SUCCEEDS = "oidcc-ensure-request-without-nonce-succeeds-for-code-flow"
_AFTER_POST = (
    *_UNSIGNED_OBJECTS,
    "oidcc-claims-essential",
    _OBJECT_REDIRECT_URI,
    "oidcc-refresh-token",
)
_SECRET_POST = ("oidcc-server-client-secret-post",)

_CODE = Variant()
BASIC = _plan(
    "oidcc-basic-certification-test-plan",
    "Basic OP",
    (
        _CODE,
        (
            "oidcc-server",
            "oidcc-response-type-missing",
            "oidcc-idtoken-signature",
            "oidcc-idtoken-unsigned",
            *_USERINFO,
            _NO_NONCE_SUCCEEDS,
            *_SCOPES,
            _ORDER,
            *_REQUEST,
            *_CODE_REUSE,
            _REDIRECT_URI,
            "oidcc-ensure-post-request-succeeds",
        ),
    ),
    (replace(_CODE, client_auth="client_secret_post"), _SECRET_POST),
    (_CODE, (*_AFTER_POST, _PKCE)),
)
CONFIG = _plan(
    "oidcc-config-certification-test-plan",
    "Config OP",
    (Variant(registration="static_client"), ("oidcc-discovery-endpoint-verification",)),
)
FORM_POST_BASIC = _form_post(
    BASIC, "oidcc-formpost-basic-certification-test-plan", "Form Post OP (Basic)"
)
DYNAMIC = _plan(
    "oidcc-dynamic-certification-test-plan",
    "Dynamic OP",
    (
        Variant(client_auth="private_key_jwt"),
        (
            "oidcc-idtoken-rs256",
            "oidcc-idtoken-unsigned",
            "oidcc-userinfo-rs256",
            "oidcc-ensure-redirect-uri-in-authorization-request",
            "oidcc-redirect-uri-query-OK",
            "oidcc-redirect-uri-query-mismatch",
            "oidcc-redirect-uri-query-added",
            "oidcc-redirect-uri-regfrag",
            "oidcc-discovery-endpoint-verification",
            "oidcc-server",
            "oidcc-registration-logo-uri",
            "oidcc-registration-policy-uri",
            "oidcc-registration-tos-uri",
            "oidcc-registration-jwks-uri",
            "oidcc-registration-sector-uri",
            "oidcc-registration-sector-bad",
            "oidcc-server-rotate-keys",
            "oidcc-refresh-token-rp-key-rotation",
            "oidcc-request-uri-unsigned",
            "oidcc-request-uri-signed-rs256",
            _OBJECT_REDIRECT_URI,
            "oidcc-refresh-token",
            "oidcc-ensure-client-assertion-with-iss-aud-succeeds",
        ),
    ),
)
RP_INITIATED_LOGOUT = _plan(
    "oidcc-rp-initiated-logout-certification-test-plan",
    "RP-Initiated OP",
    (
        _CODE,
        (
            "oidcc-rp-initiated-logout-discovery-endpoint-verification",
            "oidcc-rp-initiated-logout",
            "oidcc-rp-initiated-logout-bad-post-logout-redirect-uri",
            "oidcc-rp-initiated-logout-modified-id-token-hint",
            "oidcc-rp-initiated-logout-no-id-token-hint",
            "oidcc-rp-initiated-logout-no-params",
            "oidcc-rp-initiated-logout-no-post-logout-redirect-uri",
            "oidcc-rp-initiated-logout-no-state",
            "oidcc-rp-initiated-logout-only-state",
            "oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri",
            "oidcc-rp-initiated-logout-bad-id-token-hint",
        ),
    ),
)
BACK_CHANNEL_LOGOUT = _plan(
    "oidcc-backchannel-rp-initiated-logout-certification-test-plan",
    "Back-Channel OP",
    (
        _CODE,
        (
            "oidcc-backchannel-logout-discovery-endpoint-verification",
            "oidcc-backchannel-rp-initiated-logout",
        ),
    ),
)
FRONT_CHANNEL_LOGOUT = _plan(
    "oidcc-frontchannel-rp-initiated-logout-certification-test-plan",
    "Front-Channel OP",
    (
        _CODE,
        (
            "oidcc-frontchannel-logout-discovery-endpoint-verification",
            "oidcc-frontchannel-rp-initiated-logout",
        ),
    ),
)
SESSION_MANAGEMENT = _plan(
    "oidcc-session-management-certification-test-plan",
    "Session OP",
    (
        _CODE,
        (
            "oidcc-session-management-discovery-endpoint-verification",
            "oidcc-session-management-rp-initiated-logout",
        ),
    ),
)
THIRD_PARTY_INITIATED_LOGIN = _plan(
    "oidcc-3rdparty-init-login-certification-test-plan",
    "3rd Party-Init OP",
    (_CODE, ("oidcc-3rd_party-init-login", "oidcc-3rd_party-init-login-nohttps")),
)

_IMPLICIT_FOR_EACH = (
    "oidcc-server",
    "oidcc-idtoken-signature",
    _NO_NONCE_FAILS,
    *_SCOPES,
    _ORDER,
    *_REQUEST,
    _REDIRECT_URI,
    *_UNSIGNED_OBJECTS,
    _OBJECT_REDIRECT_URI,
    "oidcc-claims-essential",
)
IMPLICIT = _plan(
    "oidcc-implicit-certification-test-plan",
    "Implicit OP",
    (Variant("id_token"), _IMPLICIT_FOR_EACH),
    (Variant("id_token token"), _IMPLICIT_FOR_EACH),
    (Variant("id_token token"), (*_USERINFO, "oidcc-response-type-missing")),
)


def _hybrid(response_type: str, *, first: bool, nonce: str) -> list[tuple[Variant, Iterable[str]]]:
    variant = Variant(response_type)
    return [
        (
            variant,
            (
                "oidcc-server",
                *(("oidcc-response-type-missing",) if first else ()),
                "oidcc-idtoken-signature",
                *_USERINFO,
                nonce,
                *_SCOPES,
                *((_ORDER,) if first else ()),
                *_REQUEST,
                *_CODE_REUSE,
                _REDIRECT_URI,
            ),
        ),
        (replace(variant, client_auth="client_secret_post"), _SECRET_POST),
        (variant, (*_AFTER_POST, *((_PKCE,) if first else ()))),
    ]


HYBRID = _plan(
    "oidcc-hybrid-certification-test-plan",
    "Hybrid OP",
    *_hybrid("code id_token", first=True, nonce=_NO_NONCE_FAILS),
    *_hybrid("code token", first=False, nonce=_NO_NONCE_SUCCEEDS),
    *_hybrid("code id_token token", first=False, nonce=_NO_NONCE_FAILS),
)

PLANS = (
    BASIC,
    CONFIG,
    FORM_POST_BASIC,
    DYNAMIC,
    RP_INITIATED_LOGOUT,
    BACK_CHANNEL_LOGOUT,
    FRONT_CHANNEL_LOGOUT,
    SESSION_MANAGEMENT,
    THIRD_PARTY_INITIATED_LOGIN,
    IMPLICIT,
    HYBRID,
)
ENTRIES = tuple(entry for plan in PLANS for entry in plan.entries)
