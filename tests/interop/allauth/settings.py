"""A site with django-allauth: its settings. OpenID Connect Core 3.1."""

from __future__ import annotations

import os

from tests.interop.base_settings import *  # noqa: F403
from tests.interop.base_settings import INSTALLED_APPS, MIDDLEWARE

INSTALLED_APPS = [
    *INSTALLED_APPS,
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]
MIDDLEWARE = [*MIDDLEWARE, "allauth.account.middleware.AccountMiddleware"]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "tests.interop.allauth.adapter.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_ONLY = True
SOCIALACCOUNT_STORE_TOKENS = True
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "countersign",
                "name": "Countersign",
                "client_id": os.environ["CLIENT_ID"],
                "secret": os.environ["CLIENT_SECRET"],
                "settings": {
                    "server_url": os.environ["ISSUER"],
                    "token_auth_method": "client_secret_basic",
                    "scope": ["openid", "profile", "email", "offline_access"],
                },
            }
        ],
    }
}
LOGIN_REDIRECT_URL = "/me"
