"""One-time codes of an app: a possession that is shown by what it computes. RFC 6238; R-5.2-3.

Each code serves once (RFC 6238, 5.2), a step early or late. The secret lies sealed. Attempts are
limited like those of a password, in a budget of their own, and only a signed-in person has any.
"""

from __future__ import annotations

import base64
import logging
import os
import secrets
from datetime import datetime
from urllib.parse import urljoin

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, transaction
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
from idp.models import Letter, OneTimeCodeSecret, SecurityEvent, User
from idp.protocol.recovery import enrolment_grade

logger = logging.getLogger(__name__)
ISSUER = "Countersign"
DIGITS, STEP, SECRET_BYTES = 6, 30, 20


class OneTimeCode:
    """Implements `idp.contract.AuthenticationMethod`; its page is ``code``."""

    name = "one_time_code"
    label = "One-time code"
    opens_session = False
    is_biometric = False

    def potential(self, subject: Subject) -> Evidence | None:
        """Return the evidence of a code, for a person whose app is set up."""
        row = OneTimeCodeSecret.objects.filter(user__subject=subject.identifier).first()
        return None if row is None else _evidence(row)

    def start(self, request: AuthenticationRequest) -> StartedAuthentication:
        """Send the browser to the page of the code, which lies beside the resume URL."""
        return StartedAuthentication(
            url=urljoin(request.resume_url, "code"), handle=secrets.token_urlsafe(32)
        )

    def collect(self, handle: str, receipt: str) -> AuthenticationResult | None:
        """Return the result of a right code once."""
        return results.take(handle, receipt)


def is_set_up(person: User) -> bool:
    """Return whether `person` has an app for codes."""
    return OneTimeCodeSecret.objects.filter(user=person).exists()


def attempt(person: User, *, address: str, browser: str) -> Attempt:
    """Return an attempt whose budget is not that of the person's password."""
    return Attempt(f"{OneTimeCode.name} {person.subject}", address, browser)


@sensitive_variables("code", "secret")
def submit(*, handle: str, person: User, attempt: Attempt, code: str) -> str:
    """Check a code; return the receipt for the result, or an empty string.

    The answer does not tell a wrong code, a used one and a spent budget apart.
    """
    row = OneTimeCodeSecret.objects.filter(user=person).first()
    if row is None or not attempt.allowed():
        return ""
    now = timezone.now()
    step = _step_of(_secret_of(row), code, now)
    if step is None or not row.spend(step, now):
        SecurityEvent.record("sign_in.failed", subject=person.subject, method=OneTimeCode.name)
        return ""
    attempt.succeeded()
    result = AuthenticationResult(
        subject=person.subject, amr=frozenset({"otp"}), at=now, evidence=_evidence(row)
    )
    return results.keep(handle, result)


def new_secret() -> bytes:
    """Draw a secret of the length that RFC 4226 recommends (section 4, R6)."""
    return os.urandom(SECRET_BYTES)


def address_of(secret: bytes, person: User) -> str:
    """Return the ``otpauth`` address that an app reads from a QR code."""
    return _totp(secret).get_provisioning_uri(person.get_username(), ISSUER)


def spelt(secret: bytes) -> str:
    """Return the secret as a person types it into an app: base32 in groups of four."""
    text = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


@sensitive_variables("secret", "code")
def add(*, person: User, secret: bytes, code: str, level: int) -> bool:
    """Keep a secret whose app has shown a right code; that code is then spent."""
    now = timezone.now()
    step = _step_of(secret, code, now)
    if step is None:
        return False
    sealed = sealing.seal(secret, purpose=sealing.ONE_TIME_CODES, identifier=person.subject)
    try:
        with transaction.atomic():
            OneTimeCodeSecret.objects.create(
                user=person,
                sealed=sealed,
                last_step=step,
                enrolment=enrolment_grade(level),
                created_at=now,
            )
            _record("one_time_code.added", person)
            letters.tell(person, Letter.Kind.CODE_APP_ADDED)
    except IntegrityError:  # another page has added one meanwhile
        return False
    return True


@transaction.atomic
def remove(person: User) -> bool:
    """Forget the secret of `person`; True once."""
    deleted, _ = OneTimeCodeSecret.objects.filter(user=person).delete()
    if deleted:
        _record("one_time_code.removed", person)
    return bool(deleted)


def _evidence(row: OneTimeCodeSecret) -> Evidence:
    """Return what a code shows: the app, no channel. ASSURANCE.md, "Inputs"."""
    return Evidence(possession=1, enrolment=row.enrolment, cooling_off=cooling_off.of_key(row))


def _secret_of(row: OneTimeCodeSecret) -> bytes:
    """Return the app's secret; where it cannot be opened, one that no code fits.

    After a change of ``SECRET_KEY`` people see a code refused, the operator sees why.
    """
    sealed, identifier = bytes(row.sealed), row.user.subject
    try:
        return sealing.unseal(sealed, purpose=sealing.ONE_TIME_CODES, identifier=identifier)
    except ImproperlyConfigured:
        logger.exception("the secret of a one-time code app cannot be opened")
        return os.urandom(SECRET_BYTES)


def _step_of(secret: bytes, code: str, now: datetime) -> int | None:
    """Return the newest time step of `code`; every step is compared, in constant time."""
    given = "".join(code.split())[: DIGITS + 1].encode()
    current, totp, found = int(now.timestamp()) // STEP, _totp(secret), None
    for step in (current - 1, current, current + 1):
        try:
            totp.verify(given, step * STEP)
        except InvalidToken:
            continue
        found = step
    return found


def _totp(secret: bytes) -> TOTP:
    # SHA-1 as a keyed hash is not what its collisions break, and apps know no other.
    return TOTP(secret, DIGITS, SHA1(), STEP)  # noqa: S303


def _record(kind: str, person: User) -> None:
    SecurityEvent.record(kind, subject=person.subject)
