"""Two people change a client: one proposes, another approves. R-9.1-5, R-9.4-3; RFC 7591 2.

An approval applies only to the client as it was when the change was proposed, and only once: the
step is one guarded UPDATE in the transaction that changes the client. What a client changes of
itself (RFC 7592) needs nobody, and makes what waits out of date.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from idp.models import Client, ClientChange, SecurityEvent
from idp.oauth import acr_aliases, clients
from idp.policy import get_policy
from idp.protocol import dual_control

ALONE = frozenset({"contacts", "software_id", "software_version"})
"""What one person may change: nobody gains anything by it."""
_NEVER = frozenset(
    {
        "id",
        "client_id",
        "created_at",
        "secret_sha256",
        "sealed_secret",
        "registered_with",
        "registration_token_sha256",
        "sector_identifier",  # follows from the rest
    }
)
_State = ClientChange.State


class ChangeError(Exception):
    """A step that is not allowed, in a sentence."""


def are_shared() -> bool:
    """Return whether changes to clients need two people here."""
    return get_policy().two_person_clients


def values(client: Client) -> dict[str, Any]:
    """Return all of a client that one person may not change."""
    names = (field.attname for field in Client._meta.concrete_fields)
    return {name: getattr(client, name) for name in names if name not in ALONE | _NEVER}


def difference(before: Client, after: Client) -> dict[str, Any]:
    """Return what needs a second person; to stop a client needs nobody."""
    old, new = values(before), values(after)
    changed = {name: new[name] for name in new if new[name] != old[name]}
    if changed.get("is_active") is False:
        del changed["is_active"]
    return changed


def propose(client: Client, after: dict[str, Any], *, by: str) -> ClientChange:
    """Let `after` wait for somebody else; `client` is the row as it is stored.

    Raises:
        ChangeError: another change of this client waits.
    """
    known = values(client)
    try:
        with transaction.atomic():
            made = ClientChange.objects.create(
                client=client,
                before={name: known[name] for name in after},
                after=after,
                base_sha256=_digest(client),
                created_by=by,
                created_at=timezone.now(),
            )
    except IntegrityError:
        message = "Another change of this client waits: decide it first."
        raise ChangeError(message) from None
    _record("proposed", made, by)
    return made


def approve(*, change_id: int, by: str) -> ClientChange:
    """Apply a change, once, to the client that it was made for.

    Raises:
        ChangeError: decided already, not for `by` to approve, out of date, or refused by the
            rules of registration.
    """
    found = _found(change_id)
    if objection := dual_control.objection(author=found.created_by, approvers=(), by=by):
        raise ChangeError(objection)
    try:
        with transaction.atomic():
            # Who changes or decides about this client meanwhile waits at its row.
            client = Client.objects.select_for_update().get(pk=found.client_id)
            fresh = _digest(client) == found.base_sha256
            _decide(found, _State.APPROVED if fresh else _State.STALE, by=by)
            if fresh:
                _apply(client, found.after)
            _record("approved" if fresh else "stale", found, by)
    except ValidationError as error:
        message = f"The rules refuse it: {' '.join(error.messages)}"
        raise ChangeError(message) from error
    clients.forget(client.client_id)
    if not fresh:
        message = "The client has changed since. Nothing was done; propose it again."
        raise ChangeError(message)
    return found


@transaction.atomic
def reject(*, change_id: int, by: str, reason: str) -> ClientChange:
    """Refuse a change, with the reason for its author.

    Raises:
        ChangeError: decided already, the author's own, or no reason given.
    """
    found = _found(change_id)
    if by == found.created_by:
        message = "The author withdraws a change, others reject it."
        raise ChangeError(message)
    if not reason.strip():
        message = "Say why, for whoever proposed it."
        raise ChangeError(message)
    _decide(found, _State.REJECTED, by=by, reason=reason.strip())
    _record("rejected", found, by)
    return found


@transaction.atomic
def withdraw(*, change_id: int, by: str) -> ClientChange:
    """Give up a change of one's own.

    Raises:
        ChangeError: decided already, or somebody else's.
    """
    found = _found(change_id)
    if by != found.created_by:
        message = "Only the author withdraws a change."
        raise ChangeError(message)
    _decide(found, _State.WITHDRAWN, by=by)
    _record("withdrawn", found, by)
    return found


def _apply(client: Client, after: dict[str, Any]) -> None:
    for name, value in after.items():
        setattr(client, name, value)
    client.full_clean()
    # A secret made here would be seen by nobody: "Give a new secret" makes the one that counts.
    # What the method does not use any more is forgotten.
    client.settle_secret()
    acr_aliases.hold(client.default_acr_values, client)
    client.save()


def _found(change_id: int) -> ClientChange:
    return ClientChange.objects.select_related("client").get(pk=change_id)


def _decide(change: ClientChange, state: str, *, by: str, reason: str = "") -> None:
    """Move a change that waits: one guarded UPDATE, so that of two decisions one counts."""
    now = timezone.now()
    waiting = ClientChange.objects.filter(pk=change.pk, state=_State.PROPOSED)
    if not waiting.update(state=state, decided_by=by, decided_at=now, reason=reason):
        message = "This has been decided already."
        raise ChangeError(message)
    change.state, change.decided_by, change.decided_at, change.reason = state, by, now, reason


def _digest(client: Client) -> str:
    text = json.dumps(values(client), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _record(kind: str, change: ClientChange, by: str) -> None:
    """Record who did what to which fields: never a value. OIDC.md L2."""
    SecurityEvent.record(
        f"client_change.{kind}",
        client=change.client.client_id,
        by=by,
        change=change.pk,
        fields=sorted(change.after),
    )
