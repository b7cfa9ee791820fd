"""What an accountable person has weighed before a deployment serves people. R-5.1-1."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint


class RiskRecord(models.Model):
    """One record. Its content never changes: a new assessment is another record.

    It is in force once somebody other than its author has approved it; `signature` covers
    content and both names.
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        ACTIVE = "active"
        SUPERSEDED = "superseded"
        WITHDRAWN = "withdrawn"

    CONTENT = (
        "protects",
        "impact",
        "application_model",
        "workflows",
        "target_level",
        "accept_self_tested_pad",
        "accept_browser_capture",
        "residual_risks",
    )
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.DRAFT, editable=False
    )
    protects = models.TextField(help_text="What people can do and reach through this deployment.")
    impact = models.TextField(help_text="What it costs whom when somebody else does it.")
    application_model = models.CharField(
        max_length=200,
        help_text="Where references and comparison are, and why there: split, server, carry.",
    )
    workflows = models.CharField(max_length=200, help_text="How people come to the camera.")
    target_level = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(4)],
        help_text="The level that the impact calls for, 1 to 4.",
    )
    accept_self_tested_pad = models.BooleanField(
        default=False,
        help_text="The risk of attack detection that only this deployment has tested is taken.",
    )
    accept_browser_capture = models.BooleanField(
        default=False,
        help_text="The risk of a camera in a browser, which cannot prove that it is one, is taken.",
    )
    residual_risks = models.TextField(help_text="What remains, and who carries it.")
    review_on = models.DateField(help_text="The last day on which this holds.")
    created_at = models.DateTimeField(editable=False)
    created_by = models.CharField(max_length=150, editable=False)
    approved_by = models.CharField(max_length=150, blank=True, editable=False)
    approved_at = models.DateTimeField(null=True, editable=False)
    signature = models.CharField(max_length=100, editable=False)

    class Meta:
        ordering = ("-pk",)
        permissions = (("approve_riskrecord", "Can approve risk records"),)
        constraints = (
            UniqueConstraint(
                fields=["state"], condition=Q(state="active"), name="one_active_risk_record"
            ),
            CheckConstraint(
                condition=Q(approved_by="") | ~Q(approved_by=F("created_by")),
                name="author_does_not_approve_a_risk_record",
            ),
            CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"]) | ~Q(approved_by=""),
                name="risk_record_in_force_is_approved",
            ),
            CheckConstraint(
                condition=Q(target_level__range=(1, 4)), name="risk_record_names_a_level"
            ),
        )

    def __str__(self) -> str:
        return f"risk record {self.pk}"

    @property
    def statement(self) -> dict[str, Any]:
        """What is signed, and what an auditor gets."""
        content = {name: getattr(self, name) for name in self.CONTENT}
        return content | {
            "review_on": self.review_on.isoformat(),
            "author": self.created_by,
            "approver": self.approved_by,
        }
