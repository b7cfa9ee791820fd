"""What a client calls a person: public or pairwise identifiers. OpenID Connect Core 8, 8.1."""

from __future__ import annotations

from idp.models import Client, PairwiseSubject, User


def identifier(user: User, client: Client) -> str:
    """Return the `sub` of `user` for `client`; a pairwise one is drawn at first use."""
    if client.subject_type != Client.SubjectType.PAIRWISE:
        return user.subject
    found, _ = PairwiseSubject.objects.get_or_create(
        user=user, sector_identifier=client.sector_identifier
    )
    return found.subject


def internal(subject: str, client: Client) -> str:
    """Return the person's own `subject` for what `client` calls them; '' if nobody's."""
    if client.subject_type != Client.SubjectType.PAIRWISE:
        return subject
    rows = PairwiseSubject.objects.filter(sector_identifier=client.sector_identifier)
    found = rows.filter(subject=subject).values_list("user__subject", flat=True).first()
    return found or ""
