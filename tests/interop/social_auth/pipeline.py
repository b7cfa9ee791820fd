"""A site with social-auth-app-django: the level of a session. OpenID Connect Core 2 (acr)."""

from __future__ import annotations


def keep_level(strategy, backend, **_given):
    """Keep the `acr` of the ID token in this session; what the library stores is the account's."""
    strategy.session_set("acr", backend.id_token["acr"])
