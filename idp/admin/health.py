"""Panels of the provider on the administrator's first page: what could need an operator."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from celery import current_app
from django.db.models import Count, Min, Q
from kombu.exceptions import ChannelError, OperationalError

from idp.authentication import profiles
from idp.contract import Fact, Facts, Panel
from idp.keys import PUBLISH_AHEAD
from idp.models import LogoutNotice, SigningKey
from idp.policy import get_policy

logger = logging.getLogger(__name__)

PATIENCE = timedelta(minutes=5)
"""The sweep runs every minute: what is due for longer than this, nobody fetches."""
MANY = 1_000
_CONNECT = {"socket_connect_timeout": 1, "socket_timeout": 1}


def panels(may: Callable[[str], bool], now: datetime) -> Sequence[Panel]:
    """Implements `idp.contract.DashboardPanels`."""
    shown = (
        ("view_signingkey", _keys),
        ("view_logoutnotice", _work),
    )
    return [panel(now) for permission, panel in shown if may(f"idp.{permission}")]


def _keys(now: datetime) -> Facts:
    """Return which profile counts, and until when the key of each algorithm signs."""
    profile = profiles.in_force()
    rules = (
        Fact("Assurance profile", f"version {profile.version}", "good")
        if profile.version
        else Fact("Assurance profile", "none that holds: strict rules count", "bad")
    )
    rows = list(SigningKey.objects.published(now))
    algorithms = get_policy().id_token_signing_algorithms
    return Facts("Rules and keys", (rules, *(_key(name, rows, now) for name in algorithms)))


def _key(algorithm: str, rows: Sequence[SigningKey], now: datetime) -> Fact:
    mine = [row for row in rows if row.algorithm == algorithm]
    signs = max((row for row in mine if row.activates_at <= now), key=_number, default=None)
    name = f"Key for {algorithm}"
    if signs is None:
        return Fact(name, "made at its first use")
    newest = max(mine, key=_number)
    if newest.activates_at > now:
        return Fact(name, f"the next one from {newest.activates_at:%d %b %H:%M}", "good")
    changes = signs.activates_at + get_policy().signing_key_lifetime
    # The next key is published ahead of its time; without one by then, rotation does not run.
    late = changes < now + PUBLISH_AHEAD - timedelta(hours=2)
    return Fact(name, f"until {changes:%d %b %Y}", "bad" if late else "good")


def _number(row: SigningKey) -> int:
    return row.number


def _work(now: datetime) -> Facts:
    """Return what waits for the workers, and what they gave up."""
    pending = Q(state=LogoutNotice.State.PENDING)
    given_up = Q(state=LogoutNotice.State.GIVEN_UP, created_at__gt=now - timedelta(days=1))
    found = LogoutNotice.objects.filter(pending | given_up).aggregate(
        waiting=Count("pk", filter=pending),
        due=Min("next_attempt_at", filter=pending),
        lost=Count("pk", filter=given_up),
    )
    stuck = found["due"] is not None and found["due"] < now - PATIENCE
    lost = found["lost"]
    return Facts(
        "Queue",
        (
            _queue(),
            Fact(
                "Logouts to tell",
                f"{found['waiting']}, the oldest due since {found['due']:%d %b %H:%M}"
                if stuck
                else str(found["waiting"]),
                "bad" if stuck else "good",
            ),
            Fact("Logouts given up in a day", str(lost), "watch" if lost else "good"),
        ),
    )


def _queue() -> Fact:
    """Return how many tasks no worker has fetched yet."""
    name = "Tasks waiting"
    try:
        with current_app.connection_for_read(transport_options=_CONNECT) as connection:
            connection.ensure_connection(max_retries=1, timeout=1)
            channel = connection.default_channel
            waiting = _length(channel, current_app.conf.task_default_queue)
    except OperationalError:
        logger.warning("the broker cannot be reached")
        return Fact(name, "the broker cannot be reached", "bad")
    return Fact(name, str(waiting), "watch" if waiting > MANY else "good")


def _length(channel: object, queue: str) -> int:
    try:
        declared = channel.queue_declare(queue, passive=True)  # type: ignore[attr-defined]
    except ChannelError:  # Redis has no empty queues
        return 0
    return int(declared.message_count)
