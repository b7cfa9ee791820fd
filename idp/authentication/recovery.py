"""Recover the account of somebody who cannot sign in. R-9.4-9; NIST SP 800-63B-4, 4.2.

The rules are in `idp.protocol.recovery`. Whoever asks learns nothing: the account is looked up
by a worker, so that the answer and its time are the same for every name (OIDC.md G9).
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from idp.authentication import (
    cooling_off,
    letters,
    one_time_code,
    passkey_registration,
    recovery_code,
    results,
    session,
)
from idp.authentication.methods import load_methods
from idp.models import Letter, Recovery, SecurityEvent, User
from idp.models.recovery import LIFETIME
from idp.policy import get_policy
from idp.protocol import recovery as rules
from idp.protocol.recovery import Way

MOST_LETTERS, WINDOW = 5, timedelta(hours=1)
"""However many strangers ask for somebody, their mailbox stays usable."""
LONGEST = 254


def ask(*, name: str, browser: str, language: str) -> UUID:
    """Keep that somebody in this browser asks for the account `name`."""
    now = timezone.now()
    row = Recovery.objects.create(
        asked=name.replace("\0", "-")[:LONGEST].strip() or "-",
        browser_sha256=browser,
        language=language,
        created_at=now,
        expires_at=now + LIFETIME,
    )
    return row.pk


@transaction.atomic
def look_up(recovery_id: UUID) -> UUID | None:
    """Find out whose recovery it is; return the letter with the link, once."""
    row = Recovery.objects.waiting().filter(pk=recovery_id).first()
    person = _whose(row.asked) if row else None
    if row is None or not Recovery.objects.resolve(row.pk, person.pk if person else None):
        return None
    if person is None:
        return None
    row.user = person
    return _write_to(person, row)


@transaction.atomic
def start(person: User, *, by: str, language: str) -> UUID | None:
    """Begin a recovery for somebody who asked the help desk; return the letter.

    None: there is no confirmed address, or too many letters went there already.
    """
    now = timezone.now()
    row = Recovery.objects.create(
        user=person,
        language=language,
        started_by=by,
        created_at=now,
        expires_at=now + LIFETIME,
    )
    letter = _write_to(person, row)
    if letter is None:
        row.delete()
    return letter


def vouch(row: Recovery, *, by: str) -> bool:
    """Let somebody else of the help desk answer for the person, once."""
    if not Recovery.objects.vouch(row.pk, by, timezone.now()):
        return False
    subject = row.user.subject if row.user else ""
    SecurityEvent.record("recovery.vouched", subject=subject, by=by, recovery=str(row.pk))
    return True


def account(person: User) -> frozenset[Way]:
    """Return what the account knows of its person; any other factor only corroborates."""
    subject, own = person.as_subject(), {way.value for way in Way}
    known = {
        Way(name) if name in own else Way.FACE
        for name, method in load_methods().items()
        if method.potential(subject) is not None
    }
    return frozenset(known | ({Way.EMAIL} if letters.confirmed_address(person) else set()))


def replaceable(row: Recovery, person: User) -> frozenset[Way]:
    """Return what the person may replace now; nothing while something is still to be shown."""
    shown = {Way.EMAIL} if row.opened_at else set()
    shown |= {Way(row.shown)} if row.shown else set()
    shown |= {Way.VOUCHED} if row.vouched_by else set()
    alone = get_policy().recovery_by_email_alone
    return rules.may_replace(account(person), shown, email_alone=alone)


def handle(row: Recovery) -> str:
    """Return the handle under which this recovery's proofs are collected."""
    return f"recovery {row.pk}"


def prove(row: Recovery, person: User, way: Way, receipt: str) -> bool:
    """Take the result of a method that the person has just used, as the second thing shown."""
    result = results.take(handle(row), receipt) if receipt else None
    if result is None or result.subject != person.subject:
        return False
    return Recovery.objects.show(row.pk, way, timezone.now())


@sensitive_variables("password")
@transaction.atomic
def finish(
    row: Recovery, person: User, *, password: str, replaced: AbstractSet[Way]
) -> list[UUID] | None:
    """Replace what was lost, end what the account had open, and start the cooling-off time.

    Returns:
        The logout notices to deliver; None when nothing was replaced.
    """
    allowed = bool(replaced) and replaced <= replaceable(row, person)
    if not allowed or not Recovery.objects.finish(row.pk, timezone.now()):
        return None
    if Way.PASSWORD in replaced:
        person.set_password(password)
        person.save(update_fields=["password"])
    if Way.PASSKEY in replaced:
        for passkey in person.passkeys.all():
            passkey_registration.remove(user=person, passkey_id=passkey.pk)
    if Way.ONE_TIME_CODE in replaced:
        one_time_code.remove(person)
    if Way.RECOVERY_CODE in replaced:
        recovery_code.remove(person)
    notices = session.end_all(person)
    cooling_off.begin(person)
    SecurityEvent.record(
        "recovery.finished",
        subject=person.subject,
        recovery=str(row.pk),
        replaced=sorted(replaced),
        shown=row.shown,
        vouched_by=row.vouched_by,
    )
    letters.tell(person, Letter.Kind.RECOVERED)
    return notices


def _whose(asked: str) -> User | None:
    """Return the one person of this user name or confirmed address who may recover alone.

    Accounts that administer are left to another administrator.
    """
    people = User.objects.filter(is_active=True, is_staff=False, is_superuser=False)
    if named := people.filter(username=asked).first():
        return named
    found = [one for one in people.filter(email__iexact=asked) if letters.confirmed_address(one)]
    return found[0] if len(found) == 1 else None


def _write_to(person: User, row: Recovery) -> UUID | None:
    lately = Letter.objects.filter(
        user=person, kind=Letter.Kind.RECOVERY, created_at__gt=timezone.now() - WINDOW
    )
    if lately.count() >= MOST_LETTERS:
        return None
    letter = letters.tell(person, Letter.Kind.RECOVERY, language=row.language, recovery=row)
    if letter:
        SecurityEvent.record(
            "recovery.begun", subject=person.subject, recovery=str(row.pk), by=row.started_by
        )
    return letter
