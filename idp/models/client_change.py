"""Changes to clients that wait for a second person. R-9.1-5, R-9.4-3; docs/adr/0027."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from idp.models.client import Client


class ClientChange(models.Model):
    """What one administrator wants of a client: the difference, and what it was made against.

    `before` and `after` have the same fields; `base_sha256` is of all that matters in the
    client as it was. A client has one such change waiting at most, and nobody decides their own.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "waits"
        APPROVED = "approved"
        REJECTED = "rejected"
        WITHDRAWN = "withdrawn"
        STALE = "stale", "out of date"

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="changes")
    before = models.JSONField()
    after = models.JSONField()
    base_sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=State.choices, default=State.PROPOSED)
    created_by = models.CharField(max_length=150)
    created_at = models.DateTimeField()
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ("-created_at",)
        permissions = (("approve_clientchange", "Can approve changes to clients"),)
        constraints = (
            UniqueConstraint(
                fields=["client"],
                condition=Q(state="proposed"),
                name="one_change_of_a_client_waits",
            ),
            CheckConstraint(
                condition=~Q(state__in=["approved", "rejected"])
                | (~Q(decided_by="") & ~Q(decided_by=F("created_by"))),
                name="client_change_is_decided_by_another",
            ),
        )

    def __str__(self) -> str:
        return f"{self.client}: {', '.join(self.after)}"
