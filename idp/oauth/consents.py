"""Take back what a person has given a client. OpenID Connect Core 3.1.2.4, 11; OIDC.md B9."""

from __future__ import annotations

from django.db import transaction

from idp.models import Consent, Grant, SecurityEvent


@transaction.atomic
def withdraw(consent: Consent) -> None:
    """Forget the consent, and stop every token that came from it, offline ones too.

    The client has to ask again, and is told nothing: its tokens are no longer good. The consent
    goes first: whoever holds it for a new grant (`idp.oauth.front_channel`) is waited for, and
    that grant is then found.
    """
    subject, client = consent.user.subject, consent.client
    consent.delete()
    Grant.objects.filter(user=consent.user, client=client).revoke()
    SecurityEvent.record("consent.withdrawn", subject=subject, client=client.client_id)
