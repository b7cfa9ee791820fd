"""Other names for `acr` values. OpenID Connect Core 2; ASSURANCE.md, "acr"; R-B-6."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils import timezone

from idp.models.client import Client
from idp.protocol.acr import RUNGS
from idp.protocol.acr_alias import LONGEST, Alias


class AcrAliasQuerySet(models.QuerySet["AcrAlias"]):
    """Verbs on aliases."""

    def in_force(self) -> Self:
        """Return those whose evidence, where they need any, has not run out."""
        return self.filter(Q(expires_on=None) | Q(expires_on__gte=timezone.now().date()))

    def visible_at(self, client: Client) -> Self:
        """Return those of everybody and of the client."""
        return self.filter(Q(client=None) | Q(client=client))


class AcrAlias(models.Model):
    """`name` means `value`: at one client, or in the whole deployment.

    What it means never changes: tokens carry the name. `basis` and `expires_on`: the evidence
    behind a word that somebody has to assess; after that day nobody is answered with it.
    """

    name = models.CharField(max_length=LONGEST)
    value = models.CharField(max_length=LONGEST)
    client = models.ForeignKey(
        Client, null=True, blank=True, on_delete=models.CASCADE, related_name="acr_aliases"
    )
    basis = models.TextField(blank=True)
    expires_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AcrAliasQuerySet.as_manager()

    class Meta:
        ordering = ("value", "name")
        verbose_name = "acr alias"
        verbose_name_plural = "acr aliases"
        constraints = (
            UniqueConstraint(
                fields=["name"], condition=Q(client=None), name="alias_has_one_meaning_everywhere"
            ),
            UniqueConstraint(fields=["client", "name"], name="alias_has_one_meaning_at_a_client"),
            CheckConstraint(
                condition=~Q(name__in=sorted(RUNGS)), name="alias_is_no_name_of_our_own"
            ),
            CheckConstraint(
                condition=Q(value__in=sorted(RUNGS)), name="alias_means_a_value_of_our_own"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_in_force(self) -> bool:
        """Whether its evidence, where it needs any, has not run out."""
        return self.expires_on is None or self.expires_on >= timezone.now().date()

    @property
    def rule(self) -> Alias:
        """What the rules take."""
        return Alias(self.name, self.value, str(self.client_id or ""))
