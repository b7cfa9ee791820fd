"""Write to people by email, only ever to a confirmed address. R-9.4-9; THREATS.md T-8.3-13.

`tell` puts a letter into the outbox within the transaction of what it tells of; the worker
sends it. No letter has a secret in it but the recovery link, which is made when it is sent.
"""

from __future__ import annotations

import hmac
import logging
from datetime import datetime
from smtplib import SMTPException
from uuid import UUID

from django.core.mail import EmailMessage
from django.utils import timezone, translation

from idp import sealing
from idp.authentication.letter_words import CLOSING, GREETING, IGNORE, WARNING, WORDS
from idp.models import Letter, Recovery, SecurityEvent, User
from idp.policy import get_policy

logger = logging.getLogger(__name__)


def confirmed_address(person: User) -> str:
    """Return where to write to `person`, or an empty string. OpenID Connect Core 5.1."""
    claims: dict[str, object] = person.claims
    return person.email if claims.get("email_verified") is True else ""


def tell(
    person: User, kind: Letter.Kind, *, language: str = "", recovery: Recovery | None = None
) -> UUID | None:
    """Put a letter into the outbox; return it, or None where there is nobody to write to.

    In the person's own language (claim ``locale``), else in that of `language` or of the page.
    """
    address = confirmed_address(person)
    if not address:
        return None
    return write(person, kind, address=address, language=language, recovery=recovery)


def write(
    person: User,
    kind: Letter.Kind,
    *,
    address: str,
    language: str = "",
    recovery: Recovery | None = None,
) -> UUID:
    """Put a letter to `address` into the outbox; return it."""
    own, now = str(person.claims.get("locale", "")), timezone.now()
    row = Letter.objects.create(
        user=person,
        kind=kind,
        address=address,
        language=_spoken(own, language, translation.get_language() or ""),
        recovery=recovery,
        created_at=now,
        next_attempt_at=now,
    )
    return row.pk


def send(letter_id: UUID, *, now: datetime) -> bool:
    """Make the attempt that is due, if one is; True when the mail server has taken it."""
    letter = Letter.objects.claim(letter_id, now)
    if letter is None:
        return False
    over = letter.recovery is not None and letter.recovery.expires_at <= now
    sent = not over and _hand_over(letter)
    held = letter.record(sent=sent, lasting=over, now=now)
    if held and letter.state == Letter.State.GIVEN_UP:
        SecurityEvent.record("letter.not_sent", subject=letter.user.subject, letter=letter.kind)
    return sent


def link(row: Recovery | Letter) -> str:
    """Return the address that opens a recovery, or that confirms the address of a letter."""
    page = "recover" if isinstance(row, Recovery) else "account/address"
    return get_policy().url(f"/{page}/{row.pk}/{_tokens(row)[0]}")


def belongs(token: str, row: Recovery | Letter) -> bool:
    """Return whether `token` is that of the row's link, in constant time."""
    return any(hmac.compare_digest(token.encode(), own.encode()) for own in _tokens(row))


def _tokens(row: Recovery | Letter) -> tuple[str, ...]:
    purpose = sealing.RECOVERY_LINKS if isinstance(row, Recovery) else sealing.ADDRESS_LINKS
    return sealing.fingerprints(str(row.pk), purpose=purpose, identifier=str(row.user_id))


def _hand_over(letter: Letter) -> bool:
    subject, text = _written(letter)
    try:
        EmailMessage(subject, text, to=[letter.address]).send()
    except (OSError, SMTPException):
        # Its traceback would have the address and the server's words about it.
        logger.warning("letter %s was not taken", letter.pk)
        return False
    return True


def _written(letter: Letter) -> tuple[str, str]:
    subject, said = WORDS[letter.kind]
    name = letter.user.as_subject().display_name
    with translation.override(letter.language):
        lines = [str(GREETING) % {"name": name}, str(said)]
        if letter.kind == Letter.Kind.CONFIRM_ADDRESS or letter.recovery:
            lines += [link(letter.recovery or letter), str(IGNORE)]
        else:
            lines += [f"{WARNING}\n{get_policy().url('/account/')}"]
        return str(subject), "\n\n".join([*lines, str(CLOSING), "Countersign"]) + "\n"


def _spoken(*wishes: str) -> str:
    """Return the first of `wishes` that there is a catalogue for."""
    for wish in filter(None, wishes):
        try:
            return translation.get_supported_language_variant(wish.lower())
        except LookupError:
            continue
    return "en"
