"""What a browser is in the middle of: one authorization request waiting for the person."""

from __future__ import annotations

import uuid

from django.db import models

from idp.models.session import Session


class Interaction(models.Model):
    """A suspended request. It belongs to one browser, is used once and expires.

    `kind` is ``authorize`` (resumes the authorization request kept in `parameters`) or
    ``account`` (ends at the provider's own page in `parameters["next"]`). `not_before` is
    set when events before it must not count (``prompt=login``). `method`, `handle`: the
    authentication under way, collected exactly once. `declined`: methods that the person
    turned down. `answered`: the questions about the account that the person has answered.
    `step`: what was decided last, for the pages to show. An empty `browser_sha256` waits for
    the browser that brings the request's cookies (a request POSTed across sites comes
    without them).
    """

    class Kind(models.TextChoices):
        AUTHORIZE = "authorize"
        ACCOUNT = "account"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    browser_sha256 = models.CharField(max_length=64, blank=True)
    session = models.ForeignKey(Session, null=True, blank=True, on_delete=models.CASCADE)
    client_id = models.CharField(max_length=120, blank=True)
    parameters = models.JSONField()
    method = models.CharField(max_length=40, blank=True)
    handle = models.CharField(max_length=120, blank=True)
    declined = models.JSONField(default=list)
    answered = models.JSONField(default=list)
    step = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    not_before = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(db_index=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.id)
