"""System checks: refuse settings that are not safe to run. ARCHITECTURE 8; OIDC.md L5."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning
from django.utils.module_loading import import_string

from idp.policy import IdpPolicy, get_policy
from idp.protocol.acr import RUNGS
from idp.protocol.algorithms import SIGNING
from idp.protocol.client_metadata import GRANT_TYPES
from idp.protocol.redirect_uri import LOOPBACK_HOSTS
from idp.protocol.response_type import RESPONSE_TYPES, is_front_channel


@register(Tags.security)
def check_policy(**_kwargs: Any) -> list[CheckMessage]:
    """Check what no deployment may have."""
    policy = get_policy()
    return [*_issuer(policy), *_vocabulary(policy), *_methods(policy)]


@register(Tags.security, deploy=True)
def check_deployment(**_kwargs: Any) -> list[CheckMessage]:
    """Check what a demonstration may have, and nothing else."""
    found: list[CheckMessage] = []
    if settings.DEBUG:
        found.append(Error("DEBUG shows secrets in error pages.", id="idp.E004"))
    if not get_policy().secure:
        found.append(Error("The issuer must be https.", id="idp.E005"))
    if get_policy().fetch_loopback:
        found.append(
            Error(
                "Clients can make the provider call services of its own machine.",
                hint="Leave COUNTERSIGN_FETCH_LOOPBACK unset.",
                id="idp.E006",
            )
        )
    if get_policy().profile != "strict":
        found.append(
            CheckWarning(
                "Assurance levels are self-assessed: no independent evaluation stands behind them.",
                hint="Leave COUNTERSIGN_PROFILE unset, or tell every client what it means.",
                id="idp.W001",
            )
        )
    return [*found, *_registration(get_policy())]


def _issuer(policy: IdpPolicy) -> list[CheckMessage]:
    """OpenID Connect Discovery 3: https, no query, no fragment; loopback for development."""
    parts = urlsplit(policy.issuer)
    host = parts.hostname or ""
    local = host in LOOPBACK_HOSTS or host.endswith(".localhost")
    fine = parts.scheme == "https" or (parts.scheme == "http" and local)
    if fine and host and not parts.query and not parts.fragment:
        return []
    return [
        Error(
            f"{policy.issuer!r} cannot be an issuer.",
            hint="https, a host, no query and no fragment; http on loopback only.",
            id="idp.E001",
        )
    ]


def _vocabulary(policy: IdpPolicy) -> list[CheckMessage]:
    unknown = [
        *(name for name in (policy.registration,) if name not in {"closed", "token", "open"}),
        *(name for name in policy.registration_grant_types if name not in GRANT_TYPES),
        *(name for name in policy.registration_response_types if name not in RESPONSE_TYPES),
        *(value for value in policy.acr_values if value not in RUNGS),
        *(name for name in policy.id_token_signing_algorithms if name not in SIGNING),
    ]
    return [Error(f"{name!r} has no meaning here.", id="idp.E002") for name in unknown]


def _methods(policy: IdpPolicy) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for path in policy.methods:
        try:
            import_string(path)
        except ImportError as error:
            found.append(Error(f"No authentication method {path}: {error}", id="idp.E003"))
    return found


def _registration(policy: IdpPolicy) -> list[CheckMessage]:
    """Warn of what clients may do that registered themselves. RFC 9700 2.1; OIDC.md L4."""
    if policy.registration == "closed":
        return []
    found: list[CheckMessage] = []
    if policy.registration == "open":
        found.append(
            CheckWarning(
                "Everybody may register a client.",
                hint="Set COUNTERSIGN_REGISTRATION to token or closed.",
                id="idp.W002",
            )
        )
    if policy.registration_without_pkce:
        found.append(
            CheckWarning(
                "Clients that register themselves do not need PKCE.",
                hint="Leave COUNTERSIGN_REGISTRATION_WITHOUT_PKCE unset.",
                id="idp.W003",
            )
        )
    if any(is_front_channel(name) for name in policy.registration_response_types):
        found.append(
            CheckWarning(
                "Clients that register themselves may get tokens through the browser.",
                hint="Leave COUNTERSIGN_REGISTRATION_RESPONSE_TYPES unset: code alone.",
                id="idp.W004",
            )
        )
    return found
