"""What enrolment and verification ask of people: versioned, signed, one active. R-9.1-5."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from biometric_auth.domain.application_model import SUPPORTED, ApplicationModel

CONSENT_TEXT = (
    "I agree that this service takes pictures of my face with the camera of this device and "
    "makes a biometric reference from them, to check that it is me when I sign in or approve "
    "an action. The reference is kept encrypted on the server, under a key of its own; the "
    "pictures are not kept. It is used for nothing else and given to nobody else. It ends "
    "when I withdraw this consent, which I can do at any time in my biometric settings, or "
    "when its term is over. I can always use another way to sign in instead."
)


def default_device_kinds() -> list[str]:
    """Return the kinds of device proof that are accepted unless a policy says otherwise."""
    return ["webauthn", "jws"]


CONTENT = (
    "session_level",
    "captures",
    "attempts",
    "cooling_off",
    "challenge_lifetime",
    "transaction_lifetime",
    "reference_review_age",
    "reference_lifetime",
    "application_model",
    "device_kinds",
    "consent_text",
)
"""The rules themselves: what people agree on, and what the signature covers."""


class EnrolmentPolicy(models.Model):
    """One version of the rules. Its content is never changed: an edit is the next draft.

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
    session_level = models.PositiveSmallIntegerField(
        default=2,
        validators=[MaxValueValidator(4)],
        help_text="Level that a session needs to enrol a face; to replace one, 3 at least.",
    )
    captures = models.PositiveSmallIntegerField(
        default=3,
        validators=[MinValueValidator(3), MaxValueValidator(8)],
        help_text="Accepted captures that make one reference.",
    )
    attempts = models.PositiveSmallIntegerField(
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(10)],
        help_text="Failures in one transaction, and in a row for one person, before a stop.",
    )
    cooling_off = models.DurationField(
        default=timedelta(hours=24),
        help_text="How long a new face or device counts less, unless a session of level 3 "
        "or more confirmed it.",
    )
    challenge_lifetime = models.DurationField(default=timedelta(seconds=90))
    transaction_lifetime = models.DurationField(default=timedelta(minutes=15))
    reference_review_age = models.DurationField(default=timedelta(days=365))
    reference_lifetime = models.DurationField(default=timedelta(days=3 * 365))
    application_model = models.CharField(
        max_length=10,
        choices=[(model.value, model.value) for model in ApplicationModel],
        default=ApplicationModel.SERVER.value,
    )
    device_kinds = models.JSONField(default=default_device_kinds)
    consent_text = models.TextField()
    created_at = models.DateTimeField(editable=False)
    created_by = models.CharField(max_length=150, blank=True, editable=False)
    approved_by = models.CharField(max_length=150, blank=True, editable=False)
    confirmed_by = models.CharField(max_length=150, blank=True, editable=False)
    activated_at = models.DateTimeField(null=True, editable=False)
    activated_by = models.CharField(max_length=150, blank=True, editable=False)
    restores = models.ForeignKey("self", null=True, editable=False, on_delete=models.PROTECT)
    signature = models.TextField(editable=False)

    class Meta:
        verbose_name_plural = "enrolment policies"
        ordering = ("-version",)
        permissions = (("approve_enrolmentpolicy", "Can approve enrolment policies"),)
        constraints = (
            UniqueConstraint(
                fields=["state"], condition=Q(state="active"), name="one_active_policy"
            ),
            CheckConstraint(
                condition=Q(approved_by="") | ~Q(approved_by=F("created_by")),
                name="author_does_not_approve_a_policy",
            ),
            CheckConstraint(
                condition=Q(confirmed_by="")
                | (
                    ~Q(approved_by="")
                    & ~Q(confirmed_by=F("created_by"))
                    & ~Q(confirmed_by=F("approved_by"))
                ),
                name="second_approver_of_a_policy_is_a_third_person",
            ),
            CheckConstraint(
                # Version 1 comes from the settings, which an operator wrote.
                condition=Q(state__in=["draft", "withdrawn"]) | ~Q(approved_by="") | Q(version=1),
                name="policy_in_force_is_approved",
            ),
            CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"])
                | Q(restores=None)
                | ~Q(confirmed_by=""),
                name="restored_policy_has_two_approvers",
            ),
            CheckConstraint(
                condition=Q(challenge_lifetime__lte=timedelta(seconds=120)),
                name="challenge_lives_120_seconds_at_most",
            ),
            CheckConstraint(condition=Q(captures__gte=3), name="three_captures_at_least"),
        )

    def __str__(self) -> str:
        return f"version {self.version}"

    def clean_fields(self, exclude: Any = None) -> None:
        """Refuse lists and durations that no rule could work with."""
        super().clean_fields(exclude=exclude)
        known = {"webauthn", "jws"}
        if not isinstance(self.device_kinds, list) or not set(self.device_kinds) <= known:
            raise ValidationError({"device_kinds": "A list of webauthn and jws."})
        if self.application_model not in SUPPORTED:
            raise ValidationError({"application_model": "This build carries out: server."})
        if self.challenge_lifetime > timedelta(seconds=120):
            raise ValidationError({"challenge_lifetime": "At most 120 seconds (R-9.5-2)."})

    @property
    def content(self) -> dict[str, Any]:
        """The rules as JSON values; durations in seconds."""
        values = {name: getattr(self, name) for name in CONTENT}
        return {
            name: value.total_seconds() if isinstance(value, timedelta) else value
            for name, value in values.items()
        }

    @property
    def approvers(self) -> list[str]:
        """Who has approved it, in order."""
        return [name for name in (self.approved_by, self.confirmed_by) if name]

    @property
    def consent_sha256(self) -> str:
        """Hash that stands for the wording in a consent receipt. R-10-2."""
        return hashlib.sha256(self.consent_text.encode()).hexdigest()

    @property
    def consent_version(self) -> str:
        """Opaque name of the wording, as the agent sends it back."""
        return f"{self.version}-{self.consent_sha256[:16]}"
