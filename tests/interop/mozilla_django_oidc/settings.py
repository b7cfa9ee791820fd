"""A site with mozilla-django-oidc: its settings. OpenID Connect Core 3.1."""

from __future__ import annotations

import os

import requests

from tests.interop.base_settings import *  # noqa: F403
from tests.interop.base_settings import INSTALLED_APPS, MIDDLEWARE

ISSUER = os.environ["ISSUER"]
# The library has no discovery of its own.
PROVIDER = requests.get(f"{ISSUER}/.well-known/openid-configuration", timeout=10).json()

INSTALLED_APPS = [*INSTALLED_APPS, "mozilla_django_oidc"]
MIDDLEWARE = [*MIDDLEWARE, "mozilla_django_oidc.middleware.SessionRefresh"]
AUTHENTICATION_BACKENDS = ["tests.interop.mozilla_django_oidc.oidc.Backend"]
OIDC_AUTHENTICATE_CLASS = "tests.interop.mozilla_django_oidc.oidc.SignIn"
OIDC_OP_LOGOUT_URL_METHOD = "tests.interop.mozilla_django_oidc.oidc.provider_logout"
OIDC_OP_AUTHORIZATION_ENDPOINT = PROVIDER["authorization_endpoint"]
OIDC_OP_TOKEN_ENDPOINT = PROVIDER["token_endpoint"]
OIDC_OP_USER_ENDPOINT = PROVIDER["userinfo_endpoint"]
OIDC_OP_JWKS_ENDPOINT = PROVIDER["jwks_uri"]
OIDC_RP_CLIENT_ID = os.environ["CLIENT_ID"]
OIDC_RP_CLIENT_SECRET = os.environ["CLIENT_SECRET"]
OIDC_RP_SIGN_ALGO = "ES256"
OIDC_RP_SCOPES = "openid profile email"
OIDC_USE_PKCE = True
OIDC_TOKEN_USE_BASIC_AUTH = True
OIDC_STORE_ID_TOKEN = True
OIDC_TIMEOUT = 10
LOGIN_REDIRECT_URL = "/me"
LOGIN_REDIRECT_URL_FAILURE = "/failed"
LOGOUT_REDIRECT_URL = "/"  # the library fails without one, though the browser goes elsewhere
