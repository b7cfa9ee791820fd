"""Authorization codes. RFC 6749 4.1.2, 10.5; RFC 7636 4.4; RFC 9700 4.5."""

from __future__ import annotations

from datetime import datetime

from authlib.oidc.core import AuthorizationCodeMixin
from django.db import models

from idp.models.client import Client
from idp.models.token import Grant


class AuthorizationCode(AuthorizationCodeMixin, models.Model):
    """A code, bound to client, redirect URI, code challenge and grant; used once.

    A redeemed row stays until it is purged: a second use revokes what the first one gave.
    """

    code_sha256 = models.CharField(max_length=64, primary_key=True)
    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="codes")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+")
    redirect_uri = models.TextField()
    code_challenge = models.CharField(max_length=128, blank=True)
    code_challenge_method = models.CharField(max_length=8, blank=True)
    nonce = models.TextField(blank=True)
    expires_at = models.DateTimeField(db_index=True)
    redeemed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.code_sha256[:8]}…"

    def redeem(self, now: datetime) -> bool:
        """Use the code up; True for exactly one caller. One guarded UPDATE.

        The guard names this table's columns only: through a join it would move into a
        subquery, which PostgreSQL does not evaluate again for the caller that had to wait.
        """
        fresh = AuthorizationCode.objects.filter(pk=self.pk, redeemed_at=None, expires_at__gt=now)
        return fresh.update(redeemed_at=now) == 1

    def get_redirect_uri(self) -> str:
        """Return the redirect URI of the authorization request."""
        return self.redirect_uri

    def get_scope(self) -> str:
        """Return the scope that was granted."""
        return self.grant.scope

    def get_nonce(self) -> str:
        """Return the nonce of the authorization request."""
        return self.nonce

    def get_auth_time(self) -> int | None:
        """Return when the person authenticated, in seconds since the epoch."""
        at = self.grant.auth_time
        return int(at.timestamp()) if at else None

    def get_acr(self) -> str:
        """Return the level that the authentication reached."""
        return self.grant.acr

    def get_amr(self) -> list[str]:
        """Return the methods that were used. RFC 8176."""
        amr: list[str] = self.grant.amr
        return amr
