"""What a scope takes. OIDC.md 6.2; RFC 9470."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import CheckConstraint, Q

from idp.protocol.acr import RUNGS
from idp.protocol.client_metadata import is_scope


class ScopeRequirementQuerySet(models.QuerySet["ScopeRequirement"]):
    """Verbs on requirements."""

    def of(self, scopes: Iterable[str]) -> Self:
        """Return those of `scopes`."""
        return self.filter(scope__in=list(scopes))


class ScopeRequirement(models.Model):
    """`scope` is granted to a person only who reaches `minimum_acr`, whatever a request says.

    It is judged where the scope is asked for: a refresh keeps what the grant has.
    """

    scope = models.CharField(max_length=255, unique=True)
    minimum_acr = models.CharField("minimum acr", max_length=120)

    objects = ScopeRequirementQuerySet.as_manager()

    class Meta:
        ordering = ("scope",)
        constraints = (
            CheckConstraint(
                condition=Q(minimum_acr__in=sorted(RUNGS)),
                name="scope_requires_a_value_of_our_own",
            ),
        )

    def __str__(self) -> str:
        return self.scope

    def clean(self) -> None:
        """Refuse what no request can ask for. RFC 6749 3.3."""
        if not is_scope(self.scope):
            raise ValidationError({"scope": "One scope: printable ASCII, no space, quote or \\."})
