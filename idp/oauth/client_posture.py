"""How a stored client stands against good practice, at this provider. RFC 9700; FAPI 2.0."""

from __future__ import annotations

from typing import Any

from idp.models import Client
from idp.oauth import server
from idp.policy import get_policy
from idp.protocol import posture
from idp.protocol.client_record import ClientMetadata
from idp.protocol.posture import Registration, Report, Server
from idp.protocol.posture_rules import RULES


def report(client: Client, *, at: Server | None = None) -> Report:
    """Return the findings on `client`. `at`: what the provider offers, once for many clients."""
    members: dict[str, Any] = {
        name: tuple(found) if isinstance(found, list) else found
        for name, found in client.metadata().items()
    }
    registration = Registration(
        metadata=ClientMetadata(**members),
        pkce=client.needs_pkce,
        skip_consent=client.skip_consent,
        self_registered=client.is_self_registered,
    )
    return posture.judge(registration, at or this_provider(), RULES)


def this_provider() -> Server:
    """Return what this deployment offers: what its discovery document says."""
    policy = get_policy()
    return Server.of(
        server.discovery_document(),
        code_lifetime=policy.code_lifetime,
        access_token_lifetime=policy.access_token_lifetime,
    )
