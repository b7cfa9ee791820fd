"""Refresh tokens, rotated at each use; a second use revokes. RFC 6749 6; RFC 9700 4.14.2.

The successors of a refresh token are derived from it (HMAC under the server's secret), so
that a client whose answer got lost may ask again within `GRACE` and gets the same pair,
although only hashes are stored. After that, or once the successor was used, a second use
means that two parties hold the token.
"""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from typing import Any

from authlib.oauth2.rfc6749.grants import RefreshTokenGrant
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from idp.models import AccessToken, Client, RefreshToken, User
from idp.oauth import issuing
from idp.protocol import opaque

GRACE = timedelta(seconds=5)
"""Long enough for a retry after a broken connection, and no longer. OIDC.md B6."""


class RefreshGrant(RefreshTokenGrant):
    """Rotation with reuse detection, which Authlib leaves out (OIDC.md 2.4, defect 12)."""

    TOKEN_ENDPOINT_AUTH_METHODS = tuple(Client.AuthMethod.values)
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> RefreshToken | None:
        """Return the row if it is this client's, unexpired, and unused or just used."""
        rows = RefreshToken.objects.select_related("grant__user", "grant__client", "grant__session")
        found, now = rows.filter(token_sha256=opaque.digest(refresh_token)).first(), timezone.now()
        if found is None:
            return None
        if not found.check_client(self.request.client):
            self._revoke(found, "refresh_token.presented_by_other_client")
            return None
        if found.used_at is not None and found.used_at + GRACE <= now:
            self._revoke(found, "refresh_token.reused")
            return None
        usable = found.expires_at > now and found.grant.is_renewable(now)
        return found if usable else None

    def authenticate_user(self, refresh_token: RefreshToken) -> User | None:
        """Return the person who authorized."""
        return refresh_token.grant.user

    def issue_token(self, user: User, refresh_token: RefreshToken) -> dict[str, Any]:
        """Return the successors: the same for each attempt with the same token."""
        token: dict[str, Any] = super().issue_token(user, refresh_token)
        presented = self.request.form["refresh_token"]
        names = ("access_token", "refresh_token")
        return token | {name: _successor(name, presented) for name in names}

    def save_token(self, token: dict[str, Any]) -> None:
        """Use the old token up and keep its successors; or recognise a retry."""
        old, now = self.request.refresh_token, timezone.now()
        with transaction.atomic():
            first = RefreshToken.objects.filter(pk=old.pk, used_at=None).update(used_at=now)
            if first:
                issuing.store(
                    token,
                    grant=old.grant,
                    client=self.request.client,
                    now=now,
                    refresh_scope=old.scope,
                    refresh_expires_at=old.expires_at,
                )
        if not first:
            self._repeat(token, old, now)
        issuing.add_id_token(token, grant=old.grant, client=self.request.client)

    def revoke_old_credential(self, refresh_token: RefreshToken) -> None:
        """Nothing: `save_token` has used it up."""

    def _repeat(self, token: dict[str, Any], old: RefreshToken, now: datetime) -> None:
        """Give the first answer again, with its scope; unless the client has seen it."""
        access = AccessToken.objects.filter(pk=opaque.digest(token["access_token"])).first()
        unused = RefreshToken.objects.filter(pk=opaque.digest(token["refresh_token"]), used_at=None)
        if access is None or not unused.exists():
            self._revoke(old, "refresh_token.reused")
            raise issuing.refused()
        token["scope"] = access.scope
        token["expires_in"] = max(0, int((access.expires_at - now).total_seconds()))

    def _revoke(self, token: RefreshToken, kind: str) -> None:
        issuing.revoke(token.grant, kind=kind, client=self.request.client)


def _successor(name: str, presented: str) -> str:
    mac = salted_hmac(f"countersign.{name}", presented, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()
