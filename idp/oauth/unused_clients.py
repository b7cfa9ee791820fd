"""Clients that registered themselves and that nobody uses. RFC 7591 5: registrations may end.

Where strangers may register, rows would only ever grow. Every use of such a client leaves a
consent; it stays when grant and tokens have long been purged.
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast

from idp.models import Client, SecurityEvent
from idp.oauth import clients
from idp.policy import get_policy

_MOST = 1_000


def delete_unused(now: datetime) -> int:
    """Delete what registered itself long ago and was never used; return how many.

    Switched off first, in one UPDATE: from then on nothing is granted by them, so that nothing
    is deleted with them.
    """
    lifetime = get_policy().unused_client_lifetime
    if not lifetime:
        return 0
    unused = _unused(now - lifetime)
    unused.update(is_active=False)
    return sum(_delete(client) for client in unused.filter(is_active=False)[:_MOST])


def _unused(before: datetime) -> QuerySet[Client]:
    """Return them, less those whose use would leave no trace, or that are being worked on."""
    told = SecurityEvent.objects.filter(client_id=OuterRef("client_id"))
    later = told.exclude(kind="client.registered")
    lately_or_withdrawn = later.filter(Q(at__gte=before) | Q(kind="consent.withdrawn"))
    return (
        Client.objects.filter(created_at__lt=before, consents=None, grants=None, resources=None)
        .exclude(registration_token_sha256="")
        .exclude(skip_consent=True)
        .alias(grants_asked=Cast("grant_types", TextField()))
        .exclude(grants_asked__contains="client_credentials")
        .filter(~Exists(lately_or_withdrawn))
    )


def _delete(client: Client) -> bool:
    try:
        with transaction.atomic():
            SecurityEvent.record("client.unused", client=client.client_id, name=client.name)
            client.delete()
    except IntegrityError:  # a consent was on its way
        return False
    clients.forget(client.client_id)
    return True
