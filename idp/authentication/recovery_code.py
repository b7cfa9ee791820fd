"""Recovery codes: ten on paper, each accepted once. NIST SP 800-63B-4, 4.2.1; R-5.2-3.

A look-up secret is a possession (SP 800-63B-4, 3.1.2). Using one says that something else was
lost, so it starts the cooling-off time. At 80 random bits a keyed hash is enough: there is
nothing to guess that a slow one would defend (docs/adr/0023).
"""

from __future__ import annotations

import base64
import secrets
from urllib.parse import urljoin

from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from idp import sealing
from idp.authentication import cooling_off, letters, results
from idp.authentication.throttle import Attempt
from idp.contract import (
    AuthenticationRequest,
    AuthenticationResult,
    Evidence,
    StartedAuthentication,
    Subject,
)
from idp.models import Letter, RecoveryCode, SecurityEvent, User
from idp.protocol.recovery import enrolment_grade

HOW_MANY, BYTES = 10, 10
GROUP, GROUPS = 4, 4
_MISREAD = str.maketrans("018", "OIB", " -")


class RecoveryCodes:
    """Implements `idp.contract.AuthenticationMethod`; its page is ``recovery-code``."""

    name = "recovery_code"
    label = "Recovery code"
    opens_session = False
    is_biometric = False

    def potential(self, subject: Subject) -> Evidence | None:
        """Return the evidence of a code, for a person who has some left."""
        unused = RecoveryCode.objects.unused().filter(user__subject=subject.identifier)
        row = unused.first()
        return None if row is None else _evidence(row.enrolment)

    def start(self, request: AuthenticationRequest) -> StartedAuthentication:
        """Send the browser to the page of the code, which lies beside the resume URL."""
        return StartedAuthentication(
            url=urljoin(request.resume_url, "recovery-code"), handle=secrets.token_urlsafe(32)
        )

    def collect(self, handle: str, receipt: str) -> AuthenticationResult | None:
        """Return the result of a right code once."""
        return results.take(handle, receipt)


def left(person: User) -> int:
    """Return how many codes of `person` still serve."""
    return RecoveryCode.objects.unused().filter(user=person).count()


def attempt(person: User, *, address: str, browser: str) -> Attempt:
    """Return an attempt whose budget is not that of the person's password or app."""
    return Attempt(f"{RecoveryCodes.name} {person.subject}", address, browser)


@sensitive_variables("code")
def submit(*, handle: str, person: User, attempt: Attempt, code: str) -> str:
    """Spend a code; return the receipt for the result, or an empty string.

    The answer does not tell a wrong code, a used one and a spent budget apart.
    """
    if not attempt.allowed():
        return ""
    now = timezone.now()
    with transaction.atomic():
        row = RecoveryCode.objects.filter(user=person).first()
        if row is None or not RecoveryCode.objects.spend(person, _hashes(code, person), now):
            _record("sign_in.failed", person, method=RecoveryCodes.name)
            return ""
        cooling_off.begin(person)
        _record("recovery_code.used", person)
        letters.tell(person, Letter.Kind.RECOVERY_CODE_USED)
    attempt.succeeded()
    result = AuthenticationResult(
        subject=person.subject,
        amr=frozenset({"otp"}),
        at=now,
        evidence=_evidence(row.enrolment),
    )
    return results.keep(handle, result)


@transaction.atomic
def make(*, person: User, level: int) -> list[str]:
    """Make ten new codes in place of those that there were; return them, for the only time."""
    User.objects.select_for_update().get(pk=person.pk)  # two at once would leave twenty
    RecoveryCode.objects.filter(user=person).delete()
    codes = [_draw() for _ in range(HOW_MANY)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(
            user=person,
            code_hmac=_hashes(code, person)[0],
            enrolment=enrolment_grade(level),
            created_at=timezone.now(),
        )
        for code in codes
    )
    _record("recovery_codes.made", person)
    letters.tell(person, Letter.Kind.RECOVERY_CODES_MADE)
    return codes


@transaction.atomic
def remove(person: User) -> bool:
    """Forget the codes of `person`; True when there were any."""
    deleted, _ = RecoveryCode.objects.filter(user=person).delete()
    if deleted:
        _record("recovery_codes.removed", person)
    return bool(deleted)


def _draw() -> str:
    """Draw a code: 80 bits in base32, in groups that a person can read out."""
    text = base64.b32encode(secrets.token_bytes(BYTES)).decode()
    return "-".join(text[at : at + GROUP] for at in range(0, len(text), GROUP))


def _hashes(code: str, person: User) -> tuple[str, ...]:
    """Return what is kept of a code, as it may be typed: any case and gaps, 0, 1 and 8 misread."""
    typed = code[: 4 * GROUP * GROUPS].upper().translate(_MISREAD)
    return sealing.fingerprints(typed, purpose=sealing.RECOVERY_CODES, identifier=person.subject)


def _evidence(enrolment: int) -> Evidence:
    """Return what a code shows: a possession without a channel, in the cooling-off time."""
    return Evidence(possession=1, enrolment=enrolment, cooling_off=1)


def _record(kind: str, person: User, **details: str) -> None:
    SecurityEvent.record(kind, subject=person.subject, **details)
