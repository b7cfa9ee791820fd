"""A site with social-auth-app-django: the level of a sign-in. OpenID Connect Core 2 (acr)."""

from __future__ import annotations


def keep_level(backend, social, **_given):
    """Keep the `acr` of the ID token that the library has just checked."""
    social.set_extra_data({"acr": backend.id_token["acr"]})
