"""Valid objects of the provider; a test states only what matters to it.

Objects of the authentication server are made by its own tests: the two sides share nothing but
a subject identifier.
"""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
from datetime import timedelta

from django.utils import timezone

from idp.contract import Evidence
from idp.models import AcrAlias, AuthenticationEvent, Client, ProtectedResource, Session, User

PASSWORD = "a long enough password"
CLIENT_SECRET = "a-secret-of-the-demo-bank"
REDIRECT_URI = "https://rp.example/callback"
_numbers = itertools.count(1)


def sha256(text):
    """Return the hash under which secrets are stored."""
    return hashlib.sha256(text.encode()).hexdigest()


def a_person(**fields):
    """Return a stored person who signs in with `PASSWORD`."""
    number = next(_numbers)
    fields = {"username": f"person{number}", "first_name": "Alice", "last_name": "Archer"} | fields
    return User.objects.create_user(password=PASSWORD, **fields)


def a_client(**fields):
    """Return a stored confidential client that authenticates with `CLIENT_SECRET`."""
    number = next(_numbers)
    return Client.objects.create(
        **{
            "client_id": f"client{number}",
            "name": "Demo Bank",
            "secret_sha256": sha256(CLIENT_SECRET),
            "token_endpoint_auth_method": "client_secret_basic",
            "redirect_uris": [REDIRECT_URI],
            "scope": "openid profile email offline_access",
            "grant_types": ["authorization_code", "refresh_token"],
            "application_type": "web",
        }
        | fields
    )


def a_public_client(**fields):
    """Return a stored native client without a secret."""
    native = {
        "secret_sha256": "",
        "token_endpoint_auth_method": "none",
        "application_type": "native",
        "redirect_uris": ["http://127.0.0.1/callback"],
    }
    return a_client(**native | fields)


def a_session(person=None, *, secret="the cookie's secret", **fields):
    """Return a stored session of `person` (a new one without), opened by `secret`."""
    now = timezone.now()
    return Session.objects.create(
        **{
            "user": person or a_person(),
            "secret_sha256": sha256(secret),
            "created_at": now,
            "expires_at": now + timedelta(hours=12),
        }
        | fields
    )


def an_event(session, *, method="password", evidence=None, **fields):
    """Return a stored authentication of the session's person, just now, by a password."""
    return AuthenticationEvent.objects.create(
        **{
            "session": session,
            "method": method,
            "amr": ["pwd"],
            "at": timezone.now(),
            "evidence": dataclasses.asdict(evidence or Evidence(knowledge=1)),
        }
        | fields
    )


def a_resource(**fields):
    """Return a stored resource server whose tokens are for payments."""
    number = next(_numbers)
    return ProtectedResource.objects.create(
        **{
            "identifier": f"https://api{number}.example/",
            "name": "Payments",
            "scope": "payments:read payments:write",
        }
        | fields
    )


def an_alias(name="urn:bank:strong", **fields):
    """Return a stored alias of level 3 that every client sees."""
    value = "urn:countersign:acr:loa3"
    return AcrAlias.objects.create(**{"name": name, "value": value} | fields)
