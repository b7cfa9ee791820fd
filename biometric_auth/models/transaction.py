"""Transactions: one thing that one person is asked to do. AGENT-PROTOCOL, "Transaction"."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models

from biometric_auth.domain.workflow import Purpose, TransactionState, Workflow
from biometric_auth.models.biometric_reference import BiometricReference
from biometric_auth.models.device import Device
from biometric_auth.models.enrolment_policy import EnrolmentPolicy
from biometric_auth.models.subject_key import SubjectKey

if TYPE_CHECKING:
    from typing import Any


class TransactionQuerySet(models.QuerySet["Transaction"]):
    """Verbs on transactions."""

    def move(
        self, origins: Iterable[TransactionState], target: TransactionState, **changes: Any
    ) -> bool:
        """Move one row in one guarded UPDATE; True for exactly one of several callers."""
        moved = self.filter(state__in=sorted(origins)).update(state=target, **changes)
        return moved == 1


class Transaction(models.Model):
    """One request to a person: who asks, what for, in which browser, how far it has come.

    Each step is single-use (R-6.2.5-2). `challenge_sha256` is empty unless a challenge is
    open. `receipt_sha256` stands for the receipt that only the capturing browser got;
    `result` holds evidence facts, never scores.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(max_length=16, choices=[(p.value, p.value) for p in Purpose])
    workflow = models.CharField(max_length=8, choices=[(w.value, w.value) for w in Workflow])
    state = models.CharField(
        max_length=12,
        choices=[(s.value, s.value) for s in TransactionState],
        default=TransactionState.CREATED.value,
    )
    subject = models.CharField(max_length=64, db_index=True)
    display_name = models.CharField(max_length=200, blank=True)
    client_name = models.CharField(max_length=200)
    client_id = models.CharField(max_length=120, blank=True)
    text = models.TextField(blank=True)
    acr = models.CharField(max_length=200, blank=True)
    session_level = models.PositiveSmallIntegerField(default=0)
    policy = models.ForeignKey(EnrolmentPolicy, on_delete=models.PROTECT)
    browser_sha256 = models.CharField(max_length=64)
    resume_url = models.TextField()
    cancel_url = models.TextField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    registration = models.JSONField(null=True, blank=True)
    consented_at = models.DateTimeField(null=True, blank=True)
    claim_device = models.UUIDField(null=True, blank=True)
    claim_nonce = models.CharField(max_length=64, blank=True)
    device = models.ForeignKey(Device, null=True, blank=True, on_delete=models.PROTECT)
    challenge_sha256 = models.CharField(max_length=64, blank=True)
    challenge_kid = models.CharField(max_length=64, blank=True)
    challenge_issued_at = models.DateTimeField(null=True, blank=True)
    challenge_expires_at = models.DateTimeField(null=True, blank=True)
    steps = models.JSONField(default=list)
    attempts_left = models.PositiveSmallIntegerField()
    captures_done = models.PositiveSmallIntegerField(default=0)
    key = models.ForeignKey(SubjectKey, null=True, blank=True, on_delete=models.SET_NULL)
    reference = models.ForeignKey(
        BiometricReference, null=True, blank=True, on_delete=models.SET_NULL
    )
    receipt_sha256 = models.CharField(max_length=64, blank=True)
    result = models.JSONField(null=True, blank=True)
    judged_at = models.DateTimeField(null=True, blank=True)
    consumed_at = models.DateTimeField(null=True, blank=True)

    objects = TransactionQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        indexes = (models.Index(fields=["created_at"], name="transactions_by_day"),)
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(state="challenged") | ~models.Q(challenge_sha256=""),
                name="challenged_transaction_has_a_challenge",
            ),
        )

    def __str__(self) -> str:
        return str(self.id)
