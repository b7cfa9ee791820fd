"""Find out that a person reads the mail of their address. OpenID Connect Core 5.1; R-9.4-9."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from idp.authentication import letters
from idp.models import Letter, SecurityEvent, User

LIFETIME = timedelta(days=1)
MOST_LETTERS, WINDOW = 3, timedelta(hours=1)
"""An address that nobody confirmed may be a stranger's: few letters go there."""


def is_confirmed(person: User) -> bool:
    """Return whether there is nothing to confirm."""
    return not person.email or bool(letters.confirmed_address(person))


def ask(person: User) -> UUID | None:
    """Write to the address with a link that confirms it; None when too many letters went there."""
    now = timezone.now()
    kind = Letter.Kind.CONFIRM_ADDRESS
    lately = Letter.objects.filter(kind=kind, created_at__gt=now - WINDOW)
    to_it = lately.filter(user=person) | lately.filter(address__iexact=person.email)
    if is_confirmed(person) or to_it.count() >= MOST_LETTERS:
        return None
    return letters.write(person, kind, address=person.email)


def letter_of(person: User, letter_id: UUID, token: str, *, now: datetime) -> Letter | None:
    """Return the letter whose link this is, if it was to the address that `person` has now."""
    letter = Letter.objects.filter(
        pk=letter_id,
        user=person,
        kind=Letter.Kind.CONFIRM_ADDRESS,
        address=person.email,
        created_at__gt=now - LIFETIME,
    ).first()
    return letter if letter and letters.belongs(token, letter) else None


@transaction.atomic
def confirm(letter: Letter) -> bool:
    """Let the address count as confirmed, unless it has changed meanwhile; True once."""
    person = User.objects.select_for_update().get(pk=letter.user_id)
    if person.email != letter.address or is_confirmed(person):
        return False
    claims = person.claims | {"email_verified": True}
    User.objects.filter(pk=person.pk).update(claims=claims)
    SecurityEvent.record("address.confirmed", subject=person.subject)
    return True
