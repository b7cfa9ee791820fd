"""Take back what a person has given a client. OpenID Connect Core 3.1.2.4, 11; OIDC.md B9."""

from __future__ import annotations

from django.db import transaction

from idp.models import Consent, Grant, SecurityEvent


@transaction.atomic
def withdraw(consent: Consent) -> None:
    """Forget the consent, and stop every token that came from it, offline ones too.

    The client has to ask again, and is told nothing: its tokens are no longer good.
    """
    Grant.objects.filter(user=consent.user, client=consent.client).revoke()
    SecurityEvent.record(
        "consent.withdrawn", subject=consent.user.subject, client=consent.client.client_id
    )
    consent.delete()
