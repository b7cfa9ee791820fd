"""Sealed biometric references. ISO/IEC 24745; R-6.3-1, R-6.3-5, R-9.4-1."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

from biometric_auth.domain.application_model import ApplicationModel
from biometric_auth.domain.lifecycle import USABLE, ReferenceState, origins
from biometric_auth.domain.vocabulary import SEALED
from biometric_auth.models.enrolment_policy import EnrolmentPolicy
from biometric_auth.models.subject_key import SubjectKey

if TYPE_CHECKING:
    from typing import Any

_USABLE = sorted(state.value for state in USABLE)


class ReferenceQuerySet(models.QuerySet["BiometricReference"]):
    """Verbs on references."""

    def usable(self, now: datetime) -> ReferenceQuerySet:
        """Keep those that may be compared now."""
        return self.filter(state__in=_USABLE, expires_at__gt=now)

    def move(self, target: ReferenceState, **changes: Any) -> int:
        """Move what may move to `target`, in one guarded UPDATE; say how many did."""
        return self.filter(state__in=sorted(origins(target))).update(state=target, **changes)


class BiometricReference(models.Model):
    """One reference of one subject, sealed; `key` is its own data key.

    The binding (id, subject, application model, engine, policy version, protection) is
    associated data of the seal, so none of these columns can be changed or swapped.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.CharField(max_length=64, db_index=True)
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in ReferenceState])
    engine = models.CharField(max_length=120)
    protection = models.CharField(max_length=40, default=SEALED)
    sealed_template = models.BinaryField()
    key = models.ForeignKey(SubjectKey, null=True, blank=True, on_delete=models.SET_NULL)
    policy = models.ForeignKey(EnrolmentPolicy, on_delete=models.PROTECT)
    application_model = models.CharField(
        max_length=10, choices=[(m.value, m.value) for m in ApplicationModel]
    )
    enrolment = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField()
    review_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_reason = models.CharField(max_length=40, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        indexes = (
            Index(fields=["created_at"], name="references_by_day"),
            Index(fields=["revoked_at"], condition=Q(state="revoked"), name="references_to_erase"),
        )
        constraints = (
            UniqueConstraint(
                fields=["subject"],
                condition=Q(state__in=_USABLE),
                name="one_usable_reference_per_subject",
            ),
            CheckConstraint(
                condition=~Q(state="erased") | Q(sealed_template=b""),
                name="erased_reference_keeps_no_template",
            ),
            CheckConstraint(
                condition=~Q(state="erased") | Q(key=None), name="erased_reference_keeps_no_key"
            ),
            CheckConstraint(
                condition=~Q(state__in=_USABLE) | ~Q(sealed_template=b""),
                name="usable_reference_has_a_template",
            ),
        )

    def __str__(self) -> str:
        return str(self.id)

    def binding(self) -> dict[str, str]:
        """Return the identity that the seal is bound to. R-6.3-5."""
        bound = {
            "reference": str(self.id),
            "subject": self.subject,
            "application_model": self.application_model,
            "engine": self.engine,
            "policy": str(self.policy_id),
        }
        # The first seals knew of one protection, and did not name it.
        return bound if self.protection == SEALED else bound | {"protection": self.protection}
