"""The provider's own session and the authentication events that it remembers.

A session never ranks above its events: the level is computed when it is needed, from
events that are still fresh (ASSURANCE.md; R-9.4-7, R-9.4-8).
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.crypto import salted_hmac

from idp.models.evidenced import Evidenced


def sid_of(session_id: uuid.UUID, client_pk: int) -> str:
    """Return what one client knows a session by: the same in all that it is told.

    Each client has its own: by one that they shared, those with pairwise subjects could tell
    that they have the same person. OpenID Connect Back-Channel Logout 1.0 2.1; Core 8.1, 17.3.
    """
    about = f"{session_id} {client_pk}"
    return salted_hmac("countersign.sid", about, algorithm="sha256").hexdigest()


class Session(models.Model):
    """One browser signed in as one person. No client learns its `id`: see `sid_of`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    secret_sha256 = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.id)

    def hold(self) -> bool:
        """Keep it from ending before this transaction does; False if it has ended already.

        One guarded UPDATE that changes nothing: whoever ends the session waits for the row,
        and then finds the grants that were made meanwhile (OIDC.md K1, K2).
        """
        return bool(Session.objects.filter(pk=self.pk, ended_at=None).update(ended_at=None))


class AuthenticationEvent(Evidenced):
    """One authentication of a session's person, with the evidence that it gave.

    Its record says what it supported by itself, then.
    """

    EVIDENCE_OF = "session {0.session_id}"

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="events")
    method = models.CharField(max_length=40)
    amr = models.JSONField()
    at = models.DateTimeField()
    evidence = models.JSONField()
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ("at",)

    def __str__(self) -> str:
        return f"{self.method} at {self.at:%Y-%m-%d %H:%M:%S}"
