"""Grants and the tokens that come from them. RFC 6749 1.4, 1.5; RFC 9700 4.14 (families).

A grant is what a person gave a client at one authorization: the family of its code, access
tokens and refresh tokens. Revoking the grant stops them all. Only hashes of tokens are kept.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Self

from authlib.oauth2.rfc6749 import TokenMixin
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from idp.models.acr_alias import AcrAlias
from idp.models.client import Client
from idp.models.evidenced import Evidenced
from idp.models.session import Session, sid_of
from idp.models.user import User

OFFLINE = "offline_access"


class GrantQuerySet(models.QuerySet["Grant"]):
    """Verbs on grants."""

    def revoke(self) -> int:
        """Stop every token of these grants; return how many grants that changed."""
        return self.filter(revoked_at=None).update(revoked_at=timezone.now())

    def ending_with(self, session: Session) -> Self:
        """Return the grants that die with `session`: those without offline access."""
        return self.filter(session=session).exclude(scope__contains=OFFLINE)

    def usable(self) -> Self:
        """Return the grants that were not revoked and have a code or a token left to use."""
        now = timezone.now()
        left = (
            Q(codes__redeemed_at=None, codes__expires_at__gt=now)
            | Q(access_tokens__revoked_at=None, access_tokens__expires_at__gt=now)
            | Q(refresh_tokens__used_at=None, refresh_tokens__expires_at__gt=now)
        )
        return self.filter(left, revoked_at=None).distinct()


class Grant(Evidenced):
    """One authorization: who, to which client, what, and how the person authenticated.

    `acr`, `amr` and `auth_time` are those of the authorization and never change: a refresh
    does not make an authentication newer; its record says what they were decided from. `acr`
    is in the words of the client's request: the name of `acr_alias`, if it asked by that one.
    `claims`: what the ``claims`` parameter asks for, for the ID token and for userinfo.
    `subject` is what the client calls the person; the client itself where it acts on its
    own behalf (client credentials): then there is no `user`. `resource`: what its access
    tokens are for; empty, for this provider.
    """

    EVIDENCE_OF = "grant {0.pk} {0.acr}"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="grants")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="grants",
    )
    subject = models.CharField(max_length=255)
    session = models.ForeignKey(
        Session, null=True, blank=True, on_delete=models.SET_NULL, related_name="grants"
    )
    scope = models.TextField()
    resource = models.CharField(max_length=512, blank=True)
    claims = models.JSONField(default=dict)
    acr = models.CharField(max_length=120, blank=True)
    acr_alias = models.ForeignKey(
        AcrAlias, null=True, blank=True, on_delete=models.SET_NULL, related_name="grants"
    )
    amr = models.JSONField(default=list)
    auth_time = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_index=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = GrantQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.id)

    @property
    def sid(self) -> str:
        """What the client knows the session by; empty without one, or when it is long over."""
        return sid_of(self.session_id, self.client_id) if self.session_id else ""

    @property
    def is_offline(self) -> bool:
        """Whether it outlives the session. OpenID Connect Core 11."""
        return OFFLINE in self.scope.split()

    def is_live(self) -> bool:
        """Return whether its tokens may be used at all."""
        person_may = self.user is None or self.user.is_active
        return self.revoked_at is None and person_may and self.client.is_active

    def is_renewable(self, now: datetime) -> bool:
        """Return whether it may be refreshed: without offline access, as long as the session."""
        if self.is_offline:
            return self.is_live()
        session = self.session
        signed_in = session is not None and session.ended_at is None and session.expires_at > now
        return signed_in and self.is_live()


class Token(TokenMixin, models.Model):
    """What access and refresh tokens share. The hash is the key: one indexed read finds it."""

    token_sha256 = models.CharField(max_length=64, primary_key=True)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+")
    scope = models.TextField()
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.token_sha256[:8]}…"

    def check_client(self, client: Client) -> bool:
        """Return whether it was issued to `client`."""
        return self.client_id == client.pk

    def get_scope(self) -> str:
        """Return the scope that it carries."""
        return self.scope

    def get_expires_in(self) -> int:
        """Return its lifetime in seconds."""
        return int((self.expires_at - self.issued_at).total_seconds())

    def is_expired(self) -> bool:
        """Return whether its time is over."""
        return self.expires_at <= timezone.now()


class AccessToken(Token):
    """Opens userinfo or a resource. RFC 6750. Opaque or a JWT (RFC 9068): the row is the same.

    `audience`: the resource that it is for; empty, this provider itself.
    """

    audience = models.CharField(max_length=512, blank=True)
    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="access_tokens")
    revoked_at = models.DateTimeField(null=True, blank=True)

    def is_revoked(self) -> bool:
        """Return whether it, or its family, was revoked."""
        return self.revoked_at is not None or not self.grant.is_live()

    def get_user(self) -> User | None:
        """Return the person who gave it, if it was a person."""
        return self.grant.user

    def get_client(self) -> Client:
        """Return the client that it was issued to."""
        return self.grant.client


class RefreshToken(Token):
    """Renews access once; a used row stays as the trap for whoever uses it again.

    `sealed_answer`: what its use was answered with, for some seconds (`idp.oauth.refresh`).
    """

    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="refresh_tokens")
    used_at = models.DateTimeField(null=True, blank=True)
    sealed_answer = models.BinaryField(null=True, editable=False)

    class Meta:
        indexes = (
            models.Index(
                fields=["used_at"],
                condition=models.Q(sealed_answer__isnull=False),
                name="answers_to_forget",
            ),
        )

    def is_revoked(self) -> bool:
        """Return whether it was used, or its family revoked."""
        return self.used_at is not None or not self.grant.is_live()

    def get_user(self) -> User | None:
        """Return the person who gave it, if it was a person."""
        return self.grant.user

    def get_client(self) -> Client:
        """Return the client that it was issued to."""
        return self.grant.client
