"""Open, find, deny and collect transactions. AGENT-PROTOCOL, "Transaction"; R-6.2.5-2."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import datetime
from urllib.parse import urlencode, urlsplit

from django.db import transaction as database
from django.utils import timezone

from biometric_auth.domain.errors import (
    SessionTooWeak,
    StepOutOfOrder,
    TransactionExpired,
    TransactionNotFound,
    VerificationStopped,
)
from biometric_auth.domain.lifecycle import USABLE, ReferenceState
from biometric_auth.domain.workflow import OPEN, Purpose, TransactionState, Workflow
from biometric_auth.models import Transaction
from biometric_auth.models.transaction import TransactionQuerySet
from biometric_auth.policy import DATABASE
from biometric_auth.services import availability, enrolment_policy, lifecycle, security_events


@database.atomic(using=DATABASE)
def create(
    *,
    purpose: str,
    subject: str,
    display_name: str,
    client_name: str,
    text: str,
    acr: str,
    browser: str,
    resume_url: str,
    cancel_url: str,
    expires_at: datetime,
    session_level: int = 0,
    client_id: str = "",
) -> str:
    """Open a transaction for `subject` in the browser with hash `browser`; return its handle.

    Raises:
        SessionTooWeak: enrolment from a session below the level that it needs (R-9.2-15).
        VerificationStopped: an administrator has stopped remote biometrics (R-9.1-6).
    """
    if not availability.is_open(client=client_id):
        raise VerificationStopped
    policy = enrolment_policy.active()
    wanted = Purpose(purpose)
    if wanted is Purpose.ENROLMENT:
        needed = enrolment_policy.session_level_for(subject=subject, policy=policy)
        if session_level < needed:
            raise SessionTooWeak(needed)
    now = timezone.now()
    row = Transaction.objects.create(
        purpose=wanted.value,
        workflow=(Workflow.SAME if wanted is Purpose.ENROLMENT else Workflow.STEPUP).value,
        subject=subject,
        display_name=display_name,
        client_name=client_name,
        client_id=client_id,
        text=text,
        acr=acr,
        session_level=session_level,
        policy=policy,
        browser_sha256=browser,
        resume_url=resume_url,
        cancel_url=cancel_url,
        created_at=now,
        expires_at=min(expires_at, now + policy.transaction_lifetime),
        attempts_left=policy.attempts,
    )
    return str(row.id)


def find(*, handle: uuid.UUID, browser: str) -> Transaction:
    """Return the transaction that belongs to the browser whose cookie is `browser`.

    Raises:
        TransactionNotFound: it does not exist, or belongs to another browser: no difference.
    """
    return _get(_mine(handle, browser))


def find_locked(*, handle: uuid.UUID, browser: str) -> Transaction:
    """Return the same with its row locked, inside the caller's atomic block."""
    return _get(_mine(handle, browser).select_for_update(of=("self",)))


def lock(*, handle: uuid.UUID, browser: str) -> Transaction:
    """Return the transaction locked, where there is still time.

    Raises:
        TransactionNotFound: as `find`.
        TransactionExpired: its time is over.
    """
    row = find_locked(handle=handle, browser=browser)
    if row.expires_at <= timezone.now():
        raise TransactionExpired
    return row


def state_now(row: Transaction) -> TransactionState:
    """Return the state, `EXPIRED` also where no task has written it yet."""
    state = TransactionState(row.state)
    if row.expires_at <= timezone.now() and state in {*OPEN, TransactionState.JUDGED}:
        return TransactionState.EXPIRED
    return state


def deny(*, handle: uuid.UUID, browser: str) -> str:
    """End the transaction ("not me") and raise an event; return where the browser goes.

    Raises:
        StepOutOfOrder: it has ended already.
    """
    with database.atomic(using=DATABASE):
        row = lock(handle=handle, browser=browser)
        if not Transaction.objects.filter(pk=row.pk).move(OPEN, TransactionState.CANCELLED):
            raise StepOutOfOrder
        lifecycle.drop_samples(transaction=row)
        security_events.record(kind="denied", subject=row.subject, transaction=row.pk)
    return row.cancel_url


def new_receipt(resume_url: str) -> tuple[str, str]:
    """Return the SHA-256 of a fresh receipt, and the URL that carries the receipt itself.

    The receipt reaches only the browser that captured; it stops a relayed step-up.
    """
    receipt = secrets.token_urlsafe(32)
    joint = "&" if urlsplit(resume_url).query else "?"
    return sha256(receipt), resume_url + joint + urlencode({"receipt": receipt})


def collect(*, handle: str, receipt: str) -> Transaction | None:
    """Return the judged transaction to whoever started it, exactly once.

    One guarded UPDATE decides. A device removed or a reference revoked in between takes
    the result with it (R-9.3-10, R-10-7).
    """
    try:
        identifier = uuid.UUID(handle)
    except ValueError:
        return None
    now = timezone.now()
    with database.atomic(using=DATABASE):
        # The guard of an UPDATE may only look at the row itself: conditions on other tables
        # would become a subquery, which PostgreSQL does not repeat after waiting for a lock.
        mine = Transaction.objects.filter(
            pk=identifier,
            purpose=Purpose.AUTHENTICATION.value,
            receipt_sha256=sha256(receipt),
            expires_at__gt=now,
        )
        judged = frozenset({TransactionState.JUDGED})
        if not mine.move(judged, TransactionState.CONSUMED, consumed_at=now):
            return None
        row = Transaction.objects.select_related("device", "reference").get(pk=identifier)
    return row if _still_backed(row) else None


def _still_backed(row: Transaction) -> bool:
    """Tell whether the device and the reference behind a result are still in use."""
    device, reference = row.device, row.reference
    return (
        device is not None
        and device.removed_at is None
        and reference is not None
        and ReferenceState(reference.state) in USABLE
    )


def sha256(text: str) -> str:
    """Return the hex SHA-256 under which a secret of a browser is stored."""
    return hashlib.sha256(text.encode()).hexdigest()


def _mine(handle: uuid.UUID, browser: str) -> TransactionQuerySet:
    rows = Transaction.objects.filter(pk=handle, browser_sha256=sha256(browser))
    return rows.select_related("policy", "device", "key")


def _get(rows: TransactionQuerySet) -> Transaction:
    try:
        return rows.get()
    except Transaction.DoesNotExist as error:
        raise TransactionNotFound from error
