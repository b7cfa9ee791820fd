"""`manage.py create_client`: register a client; its secret is printed once. OIDC.md C7."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from idp.models import Client
from idp.models.client import DEFAULT_SCOPE


class Command(BaseCommand):
    help = "Register a client. Prints its identifier and, unless it is public, its secret."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("client_id")
        parser.add_argument("--name", required=True, help="what people read on the consent page")
        parser.add_argument("--redirect-uri", action="append", required=True)
        parser.add_argument("--post-logout-redirect-uri", action="append", default=[])
        parser.add_argument("--scope", default=DEFAULT_SCOPE)
        parser.add_argument("--public", action="store_true", help="no secret: PKCE alone")
        parser.add_argument("--native", action="store_true", help="runs on the person's device")
        parser.add_argument(
            "--auth-method",
            choices=[Client.AuthMethod.BASIC, Client.AuthMethod.POST],
            default=Client.AuthMethod.BASIC,
        )

    def handle(self, *args: Any, **options: Any) -> None:
        kind = Client.ApplicationType.NATIVE if options["native"] else Client.ApplicationType.WEB
        method = Client.AuthMethod.NONE if options["public"] else options["auth_method"]
        client = Client(
            client_id=options["client_id"],
            name=options["name"],
            redirect_uris=options["redirect_uri"],
            post_logout_redirect_uris=options["post_logout_redirect_uri"],
            scope=options["scope"],
            application_type=kind,
            token_endpoint_auth_method=method,
        )
        secret = "" if client.is_public else client.new_secret()
        try:
            client.full_clean()
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        client.save(force_insert=True)
        self.stdout.write(f"client_id: {client.client_id}")
        if secret:
            self.stdout.write(f"client_secret: {secret}")
            self.stderr.write("The secret is not stored and cannot be shown again.")
