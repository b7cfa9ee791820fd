"""Refresh tokens, rotated at each use; a second use revokes. RFC 6749 6; RFC 9700 4.14.2.

A client whose answer got lost may ask again within `GRACE` and gets the same one, although only
hashes of tokens are stored: the answer is kept sealed, under a key that takes the used refresh
token to make. After that, or once the successor was used, a second use means that two
parties hold the token.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from authlib.oauth2.rfc6749.grants import RefreshTokenGrant
from django.db import transaction
from django.utils import timezone

from idp import sealing
from idp.models import Client, RefreshToken
from idp.oauth import access_token, issuing
from idp.oauth.id_token import id_token
from idp.oauth.issuing import Answer
from idp.protocol import opaque

GRACE = timedelta(seconds=5)
"""Long enough for a retry after a broken connection, and no longer. OIDC.md B6."""


class RefreshGrant(RefreshTokenGrant):
    """Rotation with reuse detection, which Authlib leaves out (OIDC.md 2.4, defect 12)."""

    TOKEN_ENDPOINT_AUTH_METHODS = tuple(Client.AuthMethod.values)

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

    def create_token_response(self) -> tuple[int, dict[str, Any], Any]:
        """Use the old token up and keep its successors; or recognise a retry."""
        old, now = self.request.refresh_token, timezone.now()
        answer = self._prepare(old, now)
        sealed = sealing.seal(json.dumps(answer.body).encode(), **self._seal_of(old))
        with transaction.atomic():
            unused = RefreshToken.objects.filter(pk=old.pk, used_at=None)
            first = unused.update(used_at=now, sealed_answer=sealed)
            if first:
                answer.store()
        return 200, answer.body if first else self._again(old), self.TOKEN_RESPONSE_HEADER

    def _prepare(self, old: RefreshToken, now: datetime) -> Answer:
        """Return the next access, refresh and ID token. OpenID Connect Core 12.2."""
        grant, client, form = old.grant, self.request.client, self.request.form
        scope = client.get_allowed_scope(form.get("scope") or old.scope).split()
        target = access_token.target(grant, client, scope=scope, resource=form.get("resource", ""))
        answer = issuing.prepare(grant, client, target, now=now)
        if "openid" in scope:
            token = id_token(grant, client, access_token=answer.body["access_token"])
            answer.body["id_token"] = token
        return issuing.renewable(answer, scope=old.scope, expires_at=old.expires_at)

    def _again(self, old: RefreshToken) -> dict[str, Any]:
        """Return the first answer, whatever is asked now; unless the client has seen it."""
        old.refresh_from_db(fields=["used_at", "sealed_answer"])
        body: dict[str, Any] = {}
        if old.used_at and old.sealed_answer:
            body = json.loads(sealing.unseal(bytes(old.sealed_answer), **self._seal_of(old)))
            body["expires_in"] -= int((timezone.now() - old.used_at).total_seconds())
        successor = opaque.digest(body.get("refresh_token", ""))
        if not RefreshToken.objects.filter(pk=successor, used_at=None).exists():
            self._revoke(old, "refresh_token.reused")
            raise issuing.refused()
        return body

    def _seal_of(self, old: RefreshToken) -> dict[str, str]:
        """Return for what and under what an answer is sealed."""
        presented = self.request.form["refresh_token"]
        return {"purpose": sealing.ANSWERS, "identifier": old.pk, "opener": presented}

    def _revoke(self, token: RefreshToken, kind: str) -> None:
        issuing.revoke(token.grant, kind=kind, client=self.request.client)
