"""What no deployment may have: settings without a meaning. OpenID Connect Discovery 3."""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from django.core.checks import CheckMessage, Error, Tags, register
from django.utils.module_loading import import_string

from idp.policy import IdpPolicy, get_policy
from idp.protocol.acr import RUNGS
from idp.protocol.algorithms import SIGNING
from idp.protocol.client_metadata import GRANT_TYPES
from idp.protocol.redirect_uri import LOOPBACK_HOSTS
from idp.protocol.response_type import RESPONSE_TYPES


@register(Tags.security)
def check_policy(**_kwargs: Any) -> list[CheckMessage]:
    """Check what can be told from the policy alone."""
    policy = get_policy()
    return [*_issuer(policy), *_vocabulary(policy), *_methods(policy), *_proxies(policy)]


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
        *(v for v in (policy.administration_acr, policy.step_up_acr) if v not in RUNGS),
        *(name for name in policy.id_token_signing_algorithms if name not in SIGNING),
    ]
    return [
        Error(f"{name!r} has no meaning here.", hint=".env.example has the words.", id="idp.E002")
        for name in unknown
    ]


def _methods(policy: IdpPolicy) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for path in policy.methods:
        try:
            import_string(path)
        except ImportError as error:
            found.append(
                Error(
                    f"No authentication method {path}: {error}",
                    hint='Mend its dotted path in IDP["methods"].',
                    id="idp.E003",
                )
            )
    return found


def _proxies(policy: IdpPolicy) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for text in policy.trusted_proxies:
        try:
            ipaddress.ip_network(text.strip())
        except ValueError:
            found.append(
                Error(
                    f"{text!r} is no network of proxies.",
                    hint="COUNTERSIGN_PROXIES: addresses or networks, as 10.0.0.0/8.",
                    id="idp.E027",
                )
            )
    return found
