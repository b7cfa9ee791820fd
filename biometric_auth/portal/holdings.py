"""What is held about one person, as the portal shows and exports it: metadata only. R-10-8."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from biometric_auth.domain.lifecycle import USABLE, ReferenceState
from biometric_auth.models import BiometricReference, ConsentReceipt, Device
from biometric_auth.services import devices


@dataclass(frozen=True, slots=True)
class Holdings:
    """References, devices and consents of one subject. `now` is when they were read."""

    references: tuple[BiometricReference, ...]
    devices: tuple[Device, ...]
    consents: tuple[ConsentReceipt, ...]
    now: datetime

    @property
    def usable(self) -> BiometricReference | None:
        """The reference that face checks use, if there is one."""
        held = (one for one in self.references if ReferenceState(one.state) in USABLE)
        return next((one for one in held if one.expires_at > self.now), None)

    @property
    def withdrawable(self) -> bool:
        """Whether there is a reference or a consent that could be withdrawn."""
        ended = {ReferenceState.REVOKED.value, ReferenceState.ERASED.value}
        held = any(one.state not in ended for one in self.references)
        return held or any(one.withdrawn_at is None for one in self.consents)

    @property
    def erasure_waits(self) -> bool:
        """Whether a revoked reference is still to be erased."""
        return any(one.state == ReferenceState.REVOKED.value for one in self.references)


def read(subject: str) -> Holdings:
    """Return what is held about `subject`; the sealed template stays in the database."""
    references = BiometricReference.objects.filter(subject=subject).defer("sealed_template")
    return Holdings(
        references=tuple(references.select_related("policy")),
        devices=tuple(devices.in_use(subject=subject).defer("public_key")),
        consents=tuple(ConsentReceipt.objects.filter(subject=subject)),
        now=timezone.now(),
    )


def export(holdings: Holdings) -> dict[str, Any]:
    """Return `holdings` in machine-readable form, without anything biometric."""
    return {
        "generated_at": holdings.now,
        "references": [
            {
                "id": one.pk,
                "state": one.state,
                "application_model": one.application_model,
                "engine": one.engine,
                "created_at": one.created_at,
                "last_used_at": one.last_used_at,
                "review_at": one.review_at,
                "expires_at": one.expires_at,
                "revoked_at": one.revoked_at,
                "erased_at": one.erased_at,
            }
            for one in holdings.references
        ],
        "devices": [
            {
                "id": one.pk,
                "name": one.name,
                "kind": one.kind,
                "created_at": one.created_at,
                "last_used_at": one.last_used_at,
            }
            for one in holdings.devices
        ],
        "consents": [receipt(one) for one in holdings.consents],
    }


def receipt(consent: ConsentReceipt) -> dict[str, Any]:
    """Return a consent receipt as the person takes it away; `signed` proves it. R-10-2."""
    return {
        "id": consent.pk,
        "given_at": consent.given_at,
        "withdrawn_at": consent.withdrawn_at,
        "text_version": consent.text_version,
        "text_sha256": consent.text_sha256,
        "language": consent.language,
        "purpose": consent.purpose,
        "application_model": consent.application_model,
        "retention_days": consent.retention.days,
        "signed": consent.signed,
    }


def model_words(application_model: str) -> str:
    """Return where a reference of this model is kept and compared, in plain words. R-6.3-1."""
    words = {
        "server": _("Kept encrypted on the server and compared there"),
        "split": _("Kept encrypted on the server; part of its key is on your device"),
        "carry": _("Kept on your device, sent for each check, never kept on the server"),
        "down": _("Kept on the server, compared on your device"),
        "mpc": _("Compared in encrypted form"),
    }
    return words.get(application_model, application_model)
