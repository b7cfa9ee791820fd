"""A site with Authlib's client for Django: its settings."""

from __future__ import annotations

import os

from tests.interop.base_settings import *  # noqa: F403

AUTHLIB_OAUTH_CLIENTS = {
    "countersign": {
        "server_metadata_url": f"{os.environ['ISSUER']}/.well-known/openid-configuration",
        "client_id": os.environ["CLIENT_ID"],
        "client_secret": os.environ["CLIENT_SECRET"],
        "client_kwargs": {
            "scope": "openid profile email offline_access",
            "code_challenge_method": "S256",
        },
    }
}
