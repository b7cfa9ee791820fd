"""What clients may do to a deployment. RFC 9700 2.1; OIDC.md L4."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning

from idp.policy import IdpPolicy, get_policy
from idp.protocol.response_type import is_front_channel


@register(Tags.security, deploy=True)
def check_clients(**_kwargs: Any) -> list[CheckMessage]:
    """Check what clients may make of this deployment."""
    policy = get_policy()
    found: list[CheckMessage] = []
    if policy.fetch_loopback:
        found.append(
            Error(
                "Clients can make the provider call services of its own machine.",
                hint="Leave COUNTERSIGN_FETCH_LOOPBACK unset.",
                id="idp.E006",
            )
        )
    if policy.registration != "closed":
        found += _registration(policy)
    return found


def _registration(policy: IdpPolicy) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if policy.registration == "open":
        found.append(
            Error(
                "Everybody may register a client: any page can ask people for consent here.",
                hint="Set COUNTERSIGN_REGISTRATION to token or closed.",
                id="idp.E007",
            )
        )
    if policy.registration_without_pkce:
        found.append(
            Error(
                "Codes of clients that register themselves can be injected: they need no PKCE.",
                hint="Leave COUNTERSIGN_REGISTRATION_WITHOUT_PKCE unset.",
                id="idp.E008",
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
