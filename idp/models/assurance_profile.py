"""What the deployment accepts as evidence: versioned, signed, one active. R-9.1-5; ASSURANCE.md."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from idp.protocol.assurance import PROFILES, AssurancePolicy


class AssuranceProfileQuerySet(models.QuerySet["AssuranceProfile"]):
    """Verbs on versions."""

    def been_in_force(self) -> Self:
        """Return those that are or were active, the newest first."""
        return self.filter(state__in=("active", "superseded")).order_by("-version")


class AssuranceProfile(models.Model):
    """One version. Its content is never changed: an edit is the next draft.

    `signature` covers content, version, author and approvers. A version that `restores` an
    older one needs two approvers.
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        APPROVED = "approved"
        ACTIVE = "active"
        SUPERSEDED = "superseded"
        WITHDRAWN = "withdrawn"

    version = models.PositiveIntegerField(unique=True, editable=False)
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.DRAFT, editable=False
    )
    accept_self_tested_pad = models.BooleanField(
        default=False,
        help_text="Presentation attack detection that only this deployment has tested counts "
        "as if a laboratory had.",
    )
    accept_browser_capture = models.BooleanField(
        default=False,
        help_text="A camera in a browser, which cannot prove that it is one, counts when the "
        "challenge was answered.",
    )
    reason = models.TextField(help_text="Why, for whoever approves and for the record.")
    created_at = models.DateTimeField(editable=False)
    created_by = models.CharField(max_length=150, editable=False)
    approved_by = models.CharField(max_length=150, blank=True, editable=False)
    confirmed_by = models.CharField(max_length=150, blank=True, editable=False)
    activated_at = models.DateTimeField(null=True, editable=False)
    activated_by = models.CharField(max_length=150, blank=True, editable=False)
    restores = models.ForeignKey("self", null=True, editable=False, on_delete=models.PROTECT)
    signature = models.CharField(max_length=100, editable=False)

    objects = AssuranceProfileQuerySet.as_manager()

    class Meta:
        ordering = ("-version",)
        permissions = (("approve_assuranceprofile", "Can approve assurance profiles"),)
        constraints = (
            UniqueConstraint(
                fields=["state"], condition=Q(state="active"), name="one_active_profile"
            ),
            CheckConstraint(
                condition=Q(approved_by="") | ~Q(approved_by=F("created_by")),
                name="author_does_not_approve_a_profile",
            ),
            CheckConstraint(
                condition=Q(confirmed_by="")
                | (
                    ~Q(approved_by="")
                    & ~Q(confirmed_by=F("created_by"))
                    & ~Q(confirmed_by=F("approved_by"))
                ),
                name="second_approver_of_a_profile_is_a_third_person",
            ),
            CheckConstraint(
                # Version 1 comes from the settings, which an operator wrote.
                condition=Q(state__in=["draft", "withdrawn"]) | ~Q(approved_by="") | Q(version=1),
                name="profile_in_force_is_approved",
            ),
            CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"])
                | Q(restores=None)
                | ~Q(confirmed_by=""),
                name="restored_profile_has_two_approvers",
            ),
        )

    def __str__(self) -> str:
        return f"version {self.version}"

    @property
    def policy(self) -> AssurancePolicy:
        """What the rules take."""
        return AssurancePolicy(self.accept_self_tested_pad, self.accept_browser_capture)

    @property
    def name(self) -> str:
        """The name under which a shipped profile is known, or what it is."""
        names = (name for name, policy in PROFILES.items() if policy == self.policy)
        return next(names, "partly self-assessed")

    @property
    def approvers(self) -> list[str]:
        """Who has approved it, in order."""
        return [name for name in (self.approved_by, self.confirmed_by) if name]

    @property
    def statement(self) -> dict[str, Any]:
        """What is signed."""
        return {
            "version": self.version,
            "accept_self_tested_pad": self.accept_self_tested_pad,
            "accept_browser_capture": self.accept_browser_capture,
            "reason": self.reason,
            "author": self.created_by,
            "approvers": self.approvers,
            "restores": self.restores_id,
        }
