"""Resource servers that accept our access tokens. RFC 8707 2; RFC 9068 2.2; RFC 9728."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.db import models

from idp.models.client import Client

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!\"$-~]+")


class ProtectedResource(models.Model):
    """A resource server: tokens asked for with ``resource=identifier`` are for it alone.

    `scope`: what of a grant a token for it may carry. An empty `access_token_format` leaves
    the choice to the client's registration. `client` is as whom it introspects.
    """

    identifier = models.CharField(max_length=512, unique=True)
    name = models.CharField(max_length=120)
    scope = models.TextField(blank=True)
    access_token_format = models.CharField(
        max_length=8, choices=Client.TokenFormat.choices, blank=True
    )
    client = models.ForeignKey(
        Client, null=True, blank=True, on_delete=models.SET_NULL, related_name="resources"
    )
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse what no token can be for: an absolute URI without a fragment. RFC 8707 2."""
        if not _IDENTIFIER.fullmatch(self.identifier):
            raise ValidationError({"identifier": "An absolute URI without a fragment."})
