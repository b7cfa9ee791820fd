"""`manage.py load_authenticator_metadata`: whose attestation counts. FIDO MDS 3.0; R-5.4.3-1."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from idp import attestation
from idp.attestation import NotTrusted
from idp.authentication import authenticators
from idp.authentication.authenticators import MetadataRefused

FIDO_ROOT = Path(__file__).parents[1] / "fido_metadata_root.pem"
"""GlobalSign Root CA - R3, to which FIDO's signer leads."""


class Command(BaseCommand):
    help = "Load FIDO's metadata BLOB (a file), or pin roots (a folder of AAGUID.pem)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", type=Path, help="the BLOB, or the folder")
        parser.add_argument("--root", type=Path, default=FIDO_ROOT, help="who vouches for the BLOB")

    def handle(self, *args: Any, **options: Any) -> None:
        source: Path = options["source"]
        try:
            if source.is_dir():
                pinned = authenticators.pin(source)
                self.stdout.write(f"{pinned} models are pinned.")
                return
            blob = attestation.read_blob(source.read_text(), root=options["root"].read_text())
            models, unread = authenticators.load(blob)
        except (NotTrusted, MetadataRefused, OSError, UnicodeDecodeError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Metadata {blob.number}: {models} models, {unread} entries not read.")
        self.stdout.write(f"The next one is due on {blob.next_update}.")
