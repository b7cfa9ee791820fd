"""The shape of the profile that ``server.py`` fills in. RFC 6749; OpenID Connect Discovery 3."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """What the server allows; the discovery document is generated from it."""

    scopes: tuple[str, ...]
    response_types: tuple[str, ...]
    response_modes: tuple[str, ...]
    grant_types: tuple[str, ...]
    code_challenge_methods: tuple[str, ...]
    client_authentication: tuple[str, ...]
    prompts: tuple[str, ...]
