"""RemoteFace: server-verified face as a method of the provider. The only file that knows idp.

Facts, not verdicts: the provider turns the evidence into a level. ARCHITECTURE 4.
"""

from __future__ import annotations

import logging

from django.urls import reverse
from django.utils import timezone

from biometric_auth.domain.errors import PolicyUnusable, VerificationStopped
from biometric_auth.domain.ports import BiometricEngine
from biometric_auth.engines import load_engine
from biometric_auth.models import BiometricReference
from biometric_auth.policy import get_policy
from biometric_auth.services import (
    availability,
    devices,
    enrolment_policy,
    evidence,
    retry,
    transaction,
)
from idp.contract import (
    AuthenticationRequest,
    AuthenticationResult,
    Evidence,
    StartedAuthentication,
    Subject,
)

logger = logging.getLogger(__name__)


class RemoteFace:
    """Implements `idp.contract.AuthenticationMethod`."""

    name = "face"
    label = "Face verification"
    opens_session = False
    is_biometric = True

    def potential(self, subject: Subject) -> Evidence | None:
        """Return what a capture could add at best; None without reference, device or engine.

        None as well where the policy cannot be trusted (R-9.1-2) or an administrator has
        stopped it (R-9.1-6): the other ways remain.
        """
        now = timezone.now()
        usable = BiometricReference.objects.usable(now).filter(subject=subject.identifier)
        reference = usable.defer("sealed_template").first()
        if reference is None or retry.is_off(subject=subject.identifier):
            return None
        engine = _engine()
        if engine is None or engine.name != reference.engine or enrolment_policy.usable() is None:
            return None
        if not availability.is_open(client=subject.client, engine=engine.name):
            return None
        stopped = availability.stopped_models()
        facts = [
            evidence.at_best(
                device=device,
                reference=reference,
                engine=engine,
                now=now,
            )
            for device in devices.in_use(subject=subject.identifier)
            if device.model not in stopped
        ]
        if not facts:
            return None
        return Evidence(**max(facts, key=lambda one: (one["possession"], one["channel"])))

    def start(self, request: AuthenticationRequest) -> StartedAuthentication:
        """Open a transaction and name the agent's page for it."""
        if request.subject is None:
            message = "face verification is 1:1: the subject must be known"
            raise ValueError(message)
        try:
            handle = transaction.create(
                purpose="authentication",
                subject=request.subject.identifier,
                display_name=request.subject.display_name,
                client_name=request.client_name,
                client_id=request.subject.client,
                text=request.text,
                acr=request.acr,
                browser=request.browser,
                resume_url=request.resume_url,
                cancel_url=request.cancel_url,
                expires_at=request.expires_at,
            )
        except PolicyUnusable:  # stopped since it was offered: on to the other ways
            return StartedAuthentication(url=request.cancel_url, handle="")
        return StartedAuthentication(url=reverse("biometric-capture", args=[handle]), handle=handle)

    def collect(self, handle: str, receipt: str) -> AuthenticationResult | None:
        """Return the result once."""
        row = transaction.collect(handle=handle, receipt=receipt)
        if row is None or row.result is None or row.judged_at is None:
            return None
        try:
            availability.require_open(row, device=row.device)
        except VerificationStopped:
            return None
        return AuthenticationResult(
            subject=row.subject,
            amr=frozenset({"face"}),
            at=row.judged_at,
            evidence=Evidence(**row.result),
            details={"transaction": str(row.pk), "workflow": row.workflow},
        )


def _engine() -> BiometricEngine | None:
    """Return the engine; None when it cannot be loaded: the other ways remain (R-9.1-2)."""
    policy = get_policy()
    try:
        return load_engine(policy.engine, policy.model_dir)
    except Exception:
        logger.exception("the biometric engine cannot be loaded")
        return None
