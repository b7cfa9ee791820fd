"""A site with social-auth-app-django: its settings. OpenID Connect Core 3.1."""

from __future__ import annotations

import os

from social_core.pipeline import DEFAULT_AUTH_PIPELINE

from tests.interop.base_settings import *  # noqa: F403
from tests.interop.base_settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "social_django"]
AUTHENTICATION_BACKENDS = ["social_core.backends.open_id_connect.OpenIdConnectAuth"]
SOCIAL_AUTH_OIDC_OIDC_ENDPOINT = os.environ["ISSUER"]
SOCIAL_AUTH_OIDC_KEY = os.environ["CLIENT_ID"]
SOCIAL_AUTH_OIDC_SECRET = os.environ["CLIENT_SECRET"]
# The library refreshes with the secret in the form, whatever it does with a code.
SOCIAL_AUTH_OIDC_TOKEN_ENDPOINT_AUTH_METHOD = "client_secret_post"
SOCIAL_AUTH_OIDC_SCOPE = ["offline_access"]  # beside openid, profile and email
SOCIAL_AUTH_OIDC_USE_PKCE = True
SOCIAL_AUTH_OIDC_JWT_ALGORITHMS = ["ES256"]
# The form that begins the sign-in may name another level.
SOCIAL_AUTH_OIDC_AUTH_EXTRA_ARGUMENTS = {"acr_values": "urn:countersign:acr:loa1"}
SOCIAL_AUTH_OIDC_AUTH_EXTRA_ARGUMENTS_OVERRIDE_ALLOWLIST = ["acr_values"]
SOCIAL_AUTH_PIPELINE = (*DEFAULT_AUTH_PIPELINE, "tests.interop.social_auth.pipeline.keep_level")
LOGIN_REDIRECT_URL = "/me"
LOGIN_ERROR_URL = "/failed"
