"""`manage.py createclient`: register a client; its secret is printed once. OIDC.md C7, A4.

The options are the members of RFC 7591 2 and OpenID Connect Dynamic Client Registration 2, judged
by the rules that also judge clients which register themselves.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from idp.models import Client, SecurityEvent
from idp.models.client import DEFAULT_SCOPE
from idp.oauth import acr_aliases, client_material
from idp.protocol import client_metadata, client_rules
from idp.protocol.algorithms import CONTENT_ENCRYPTION, KEY_MANAGEMENT, SECRET_SIGNING, SIGNING
from idp.protocol.client_metadata import AUTH_METHODS, GRANT_TYPES
from idp.protocol.errors import ProtocolError
from idp.protocol.response_type import RESPONSE_TYPES

ANSWERS = {"id-token": "ID tokens", "userinfo": "userinfo", "introspection": "introspection"}
ADDRESSES = {
    "jwks-uri": "where its public keys are",
    "sector-identifier-uri": "document that joins redirect URIs of several hosts (pairwise)",
    "backchannel-logout-uri": "told of a logout by the provider",
    "frontchannel-logout-uri": "told of a logout by the browser",
    "initiate-login-uri": "where a third party may begin a sign-in",
    "client-uri": "home page",
    "logo-uri": "logo, shown when people sign in",
    "policy-uri": "privacy policy, linked when people sign in",
    "tos-uri": "terms, linked when people sign in",
}
LISTS = {
    "redirect-uri": "may be repeated, as all that follow without a default",
    "post-logout-redirect-uri": "where people may return to after a logout",
    "request-uri": "request object by reference",
    "contact": "email address of who is responsible",
}
FLAGS = {
    "require-signed-request-object": "refuse requests that are not signed",
    "require-auth-time": "auth_time in every ID token",
    "backchannel-logout-session-required": "sid in logout tokens",
    "frontchannel-logout-session-required": "iss and sid in front-channel logout requests",
}


class Command(BaseCommand):
    help = "Register a client. Prints its identifier and, unless it has none, its secret."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("client_id")
        parser.add_argument(
            "--name", dest="client_name", required=True, help="what people read on the consent page"
        )
        parser.add_argument("--scope", default=DEFAULT_SCOPE)
        for name, text in LISTS.items():
            parser.add_argument(f"--{name}", dest=f"{_member(name)}s", action="append", help=text)
        for name, text in (ADDRESSES | FLAGS).items():
            action = "store_true" if name in FLAGS else "store"
            parser.add_argument(f"--{name}", dest=_member(name), action=action, help=text)
        _add_kind(parser)
        _add_keys(parser)
        _add_authentication(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        client = Client(
            client_id=options["client_id"],
            require_pkce=not options["no_pkce"],
            access_token_format=options["access_token_format"],
            minimum_acr=options["minimum_acr"],
            skip_consent=options["skip_consent"],
        )
        try:
            client.take(client_material.judged(_document(options)))
            secret = client.settle_secret()
            client.full_clean()
        except ProtocolError as error:
            raise CommandError(error.description) from error
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        with transaction.atomic():
            acr_aliases.hold(client.default_acr_values, client)
            client.save(force_insert=True)
            SecurityEvent.record(
                "client.registered", client=client.client_id, by="createclient", name=client.name
            )
        self.stdout.write(f"client_id: {client.client_id}")
        if secret:
            self.stdout.write(f"client_secret: {secret}")
            self.stderr.write("The secret cannot be shown again.")


def _add_kind(parser: CommandParser) -> None:
    parser.add_argument(
        "--native",
        dest="application_type",
        action="store_const",
        const="native",
        help="runs on the person's device",
    )
    parser.add_argument(
        "--public",
        dest="token_endpoint_auth_method",
        action="store_const",
        const="none",
        help="no secret, no key: PKCE alone",
    )
    parser.add_argument(
        "--auth-method",
        dest="token_endpoint_auth_method",
        choices=AUTH_METHODS,
        help=f"default: {AUTH_METHODS[0]}",
    )
    parser.add_argument(
        "--pairwise",
        dest="subject_type",
        action="store_const",
        const="pairwise",
        help="its own identifier for each person",
    )
    parser.add_argument(
        "--grant-type",
        dest="grant_types",
        action="append",
        choices=GRANT_TYPES,
        help="default: what the response types need, and refresh_token with code",
    )
    parser.add_argument(
        "--response-type",
        dest="response_types",
        action="append",
        choices=RESPONSE_TYPES,
        help="default: code",
    )
    parser.add_argument(
        "--no-pkce", action="store_true", help="do not require PKCE (not for public clients)"
    )


def _add_keys(parser: CommandParser) -> None:
    parser.add_argument("--jwks", type=Path, help="file with its public keys, a JWK set")
    parser.add_argument(
        "--auth-signing-alg",
        dest="token_endpoint_auth_signing_alg",
        choices=(*SIGNING, *SECRET_SIGNING),
        help="the one algorithm of its client assertions",
    )
    parser.add_argument(
        "--request-object-signing-alg",
        choices=(*SIGNING, "none"),
        help="the one algorithm of its request objects; none allows unsigned ones",
    )
    for name, text in ANSWERS.items():
        prefix = _member(name)
        parser.add_argument(
            f"--{name}-signing-alg",
            dest=f"{prefix}_signed_response_alg",
            choices=SIGNING,
            default="ES256" if name == "id-token" else None,
            help=f"signs {text}",
        )
        parser.add_argument(
            f"--{name}-encryption-alg",
            dest=f"{prefix}_encrypted_response_alg",
            choices=KEY_MANAGEMENT,
            help=f"encrypts {text} to the client",
        )
        parser.add_argument(
            f"--{name}-encryption-enc",
            dest=f"{prefix}_encrypted_response_enc",
            choices=CONTENT_ENCRYPTION,
        )
    parser.add_argument(
        "--access-token-format",
        choices=Client.TokenFormat.values,
        default=Client.TokenFormat.OPAQUE,
    )


def _add_authentication(parser: CommandParser) -> None:
    parser.add_argument(
        "--default-acr",
        dest="default_acr_values",
        action="append",
        help="asked for where a request names none, in order of preference",
    )
    parser.add_argument("--minimum-acr", default="", help="a floor that no request can lower")
    parser.add_argument("--default-max-age", type=int, help="in seconds")
    parser.add_argument(
        "--skip-consent",
        action="store_true",
        help="only for applications of this provider's own organisation",
    )


def _document(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options as client metadata."""
    document = {name: options[name] for name in client_metadata.READERS if options.get(name)}
    if path := document.get("jwks"):
        try:
            document["jwks"] = json.loads(path.read_text())
        except (OSError, ValueError) as error:
            message = f"The key set cannot be read: {error}"
            raise CommandError(message) from error
    if options["default_max_age"] is not None:
        document["default_max_age"] = options["default_max_age"]
    response_types = document.get("response_types", ["code"])
    if "grant_types" not in document:
        grants = client_rules.grant_types_of(response_types)
        codes = "authorization_code" in grants
        document["grant_types"] = [*grants, *(["refresh_token"] if codes else [])]
    return document


def _member(option: str) -> str:
    return option.replace("-", "_")
