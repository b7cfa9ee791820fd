"""A client that registered itself, as it calls the provider. RFC 7591; RFC 7592."""

from __future__ import annotations

import json

from django.test import Client as HttpClient

from idp.models import Client
from tests.factories import REDIRECT_URI

OURS = (
    "registration_access_token",
    "registration_client_uri",
    "client_secret_expires_at",
    "client_id_issued_at",
)


def register(members, *, token=None):
    """Send a registration request; return the response."""
    document = {"redirect_uris": [REDIRECT_URI], "client_name": "Self-made"} | members
    headers = {} if token is None else {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    return HttpClient().post("/register", document, content_type="application/json", **headers)


class Registered:
    """A client that registered itself, and what it was told."""

    def __init__(self, *, initial_token=None, **members):
        response = register(members, token=initial_token)
        assert response.status_code == 201, response.content
        self.told = response.json()
        self.id = self.told["client_id"]
        self.token = self.told["registration_access_token"]
        self.secret = self.told.get("client_secret", "")

    @property
    def row(self):
        """The client's row."""
        return Client.objects.get(client_id=self.id)

    def call(self, method, document=None, *, token=None, client_id=None):
        """Call the management endpoint."""
        return HttpClient().generic(
            method,
            f"/register/{client_id or self.id}",
            "" if document is None else json.dumps(document),
            content_type="application/json",
            HTTP_AUTHORIZATION=f"Bearer {token or self.token}",
        )

    def update(self, **members):
        """PUT what was told, less what is not the client's, with other members."""
        document = {name: value for name, value in self.told.items() if name not in OURS}
        response = self.call("PUT", {**document, **members})
        if response.status_code == 200:
            self.token = response.json()["registration_access_token"]
        return response
