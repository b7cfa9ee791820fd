"""`manage.py seed_demo`: the people and clients of a demonstration, made or brought up to date.

Passwords and client secrets are made up once and kept in the accounts file, readable by its
owner only; a second run changes nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from idp.models import Client, User

STANDARD_CLAIMS: dict[str, Any] = {
    "middle_name": "Anne",
    "nickname": "Ali",
    "profile": "https://people.example.org/alice",
    "picture": "https://people.example.org/alice.png",
    "website": "https://alice.example.org",
    "gender": "female",
    "birthdate": "1985-04-17",
    "zoneinfo": "Europe/Berlin",
    "locale": "en-GB",
    "updated_at": 1767225600,
    "phone_number": "+49 30 5550123",
    "phone_number_verified": True,
    "address": {
        "formatted": "12 Harbour Street\n10115 Berlin\nGermany",
        "street_address": "12 Harbour Street",
        "locality": "Berlin",
        "region": "Berlin",
        "postal_code": "10115",
        "country": "Germany",
    },
}
"""What one person has so that every scope opens something. OpenID Connect Core 5.1."""
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without what looks alike in print
PEOPLE: dict[str, dict[str, Any]] = {
    "admin": {"about": "administrator", "given": "Ada", "family": "Admin", "staff": True},
    "alice": {
        "about": "a person with a bank account",
        "given": "Alice",
        "family": "Archer",
        "claims": STANDARD_CLAIMS,
    },
    "bob": {"about": "another person", "given": "Bob", "family": "Baker"},
}


class Command(BaseCommand):
    help = "Create the people and clients of a demonstration; prints where their secrets are."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--accounts", type=Path, required=True, help="file of the secrets")
        parser.add_argument("--rp-url", default="http://localhost:8001")

    def handle(self, *args: Any, **options: Any) -> None:
        accounts = _read_or_make(options["accounts"])
        with transaction.atomic():
            for username, facts in PEOPLE.items():
                _person(username, accounts[username]["password"], facts)
            _demo_bank(accounts["demo-bank"]["client_secret"], options["rp_url"].rstrip("/"))
            _demo_native()
        self.stdout.write(
            f"Seeded {', '.join(accounts)}; their secrets are in {options['accounts']}"
        )


def _read_or_make(path: Path) -> dict[str, dict[str, str]]:
    """Return the secrets of the file, with new ones for whoever has none yet."""
    accounts: dict[str, dict[str, str]] = {
        username: {"password": _password(), "about": facts["about"]}
        for username, facts in PEOPLE.items()
    }
    accounts["demo-bank"] = {"client_secret": secrets.token_urlsafe(32)}
    if path.exists():
        accounts |= json.loads(path.read_text())
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(accounts, file, indent=2)
    return accounts


def _password() -> str:
    """Return 59 random bits in groups that a person can type."""
    groups = ["".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3)]
    return "-".join(groups)


def _person(username: str, password: str, facts: dict[str, Any]) -> None:
    name, email = f"{facts['given']} {facts['family']}", f"{username}@example.org"
    staff = facts.get("staff", False)
    person, _created = User.objects.update_or_create(
        username=username,
        defaults={
            "first_name": facts["given"],
            "last_name": facts["family"],
            "email": email,
            "is_staff": staff,
            "is_superuser": staff,
            "claims": {
                "name": name,
                "given_name": facts["given"],
                "family_name": facts["family"],
                "preferred_username": username,
                "email": email,
                "email_verified": True,
                **facts.get("claims", {}),
            },
        },
    )
    if not person.check_password(password):
        person.set_password(password)
        person.save(update_fields=["password"])


def _demo_bank(secret: str, url: str) -> None:
    Client.objects.update_or_create(
        client_id="demo-bank",
        defaults={
            "name": "Northwind Bank",
            "secret_sha256": hashlib.sha256(secret.encode()).hexdigest(),
            "token_endpoint_auth_method": "client_secret_basic",
            "redirect_uris": [f"{url}/callback"],
            "post_logout_redirect_uris": [f"{url}/logged-out"],
            "backchannel_logout_uri": f"{url}/logout/back-channel",
            "backchannel_logout_session_required": True,
            "frontchannel_logout_uri": f"{url}/logout/front-channel",
            "frontchannel_logout_session_required": True,
            "initiate_login_uri": f"{url}/initiate",
            "scope": "openid profile email offline_access",
            "grant_types": ["authorization_code", "refresh_token"],
            "application_type": "web",
        },
    )


def _demo_native() -> None:
    """Register the native sample: public, any loopback port. RFC 8252 7.3."""
    Client.objects.update_or_create(
        client_id="demo-native",
        defaults={
            "name": "Demo native app",
            "token_endpoint_auth_method": "none",
            "redirect_uris": ["http://127.0.0.1/callback"],
            "scope": "openid profile email offline_access",
            "grant_types": ["authorization_code", "refresh_token"],
            "application_type": "native",
        },
    )
