"""Databases, cache, broker and beat of a deployment. ARCHITECTURE 9, "Embedded and full"."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning
from kombu import Connection
from kombu.exceptions import OperationalError

from idp.protocol.redirect_uri import LOOPBACK_HOSTS

VERIFIED_TLS = ("verify-full", "verify-ca")
VERIFIED_REDIS = {"required", "CERT_REQUIRED"}
OWN_PROCESS = ("locmem", "dummy", "filebased")
ANSWER_SECONDS = 3
NEEDED = frozenset(
    f"idp.tasks.{name}"
    for name in (
        "anchor_security_events",
        "chain_security_events",
        "end_expired_sessions",
        "purge_expired",
        "rotate_signing_keys",
        "sweep_letters",
        "sweep_logouts",
    )
)


@register(Tags.security, deploy=True)
def check_databases(**_kwargs: Any) -> list[CheckMessage]:
    """Check where rows are kept and how they travel."""
    found: list[CheckMessage] = []
    for alias, database in settings.DATABASES.items():
        if database["ENGINE"].endswith("sqlite3"):
            found.append(
                Error(
                    f"The database {alias!r} is an embedded file: one machine, no roles.",
                    hint="DATABASE_URL and BIOMETRIC_DATABASE_URL: PostgreSQL.",
                    id="idp.E016",
                )
            )
        elif _is_remote(database.get("HOST", "")) and (
            database.get("OPTIONS", {}).get("sslmode") not in VERIFIED_TLS
        ):
            found.append(
                Error(
                    f"Rows of {alias!r} travel to a server that has not shown who it is.",
                    hint="Add sslmode=verify-full and sslrootcert to the database's URL.",
                    id="idp.E017",
                )
            )
    return found


@register(Tags.security, deploy=True)
def check_redis(**_kwargs: Any) -> list[CheckMessage]:
    """Check cache and broker: shared by all processes, and closed to others."""
    backend, location = _cache()
    broker = settings.CELERY_BROKER_URL
    embedded = f"{settings.STATE_DIR}/redis.sock"
    alone = any(name in backend for name in OWN_PROCESS) or urlsplit(broker).scheme == "memory"
    if alone or broker.endswith(embedded):
        return [
            Error(
                "Limits, challenges or tasks are kept by one process or the embedded Redis: "
                "others do not see them, and a restart forgets them.",
                hint="REDIS_URL: a Redis that all processes share and that keeps its data.",
                id="idp.E018",
            )
        ]
    return _redis_link(location) or _redis_link(broker) or _broker_answers(broker)


@register(Tags.security, deploy=True)
def check_background_work(**_kwargs: Any) -> list[CheckMessage]:
    """Check that tasks leave the request, and that beat names every one that is due."""
    found: list[CheckMessage] = []
    if getattr(settings, "CELERY_TASK_ALWAYS_EAGER", False):
        found.append(
            Error(
                "Tasks run inside requests, and what fails there is not tried again.",
                hint="Leave CELERY_TASK_ALWAYS_EAGER unset and run a worker.",
                id="idp.E019",
            )
        )
    planned = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    if missing := sorted(NEEDED - planned):
        found.append(
            Error(
                f"Beat never runs {', '.join(missing)}.",
                hint="CELERY_BEAT_SCHEDULE: as it is shipped.",
                id="idp.E020",
            )
        )
    return found


@register(Tags.security, deploy=True)
def check_mail(**_kwargs: Any) -> list[CheckMessage]:
    """Check that letters about accounts leave the machine. R-9.4-9."""
    if "smtp" in settings.EMAIL_BACKEND:
        return []
    return [
        CheckWarning(
            "Nobody hears of a recovery or a new key: letters are not sent.",
            hint="Set EMAIL_URL to smtp:// or smtps://.",
            id="idp.W005",
        )
    ]


@register(Tags.security, deploy=True)
def check_secret_key_file(**_kwargs: Any) -> list[CheckMessage]:
    """Check the file that the embedded secret key is read from."""
    path = Path(settings.STATE_DIR) / "secret_key"
    in_use = path.is_file() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    if not in_use:
        return []
    return [
        Error(
            "The secret key can be read by others than its owner.",
            hint=f"chmod 600 {path}, and a new key if somebody has.",
            id="idp.E021",
        )
    ]


def _redis_link(url: str) -> list[CheckMessage]:
    parts = urlsplit(url)
    if not _is_remote(parts.hostname or ""):
        return []
    verified = VERIFIED_REDIS.issuperset(parse_qs(parts.query).get("ssl_cert_reqs", ("none",)))
    if parts.scheme == "rediss" and parts.password and verified:
        return []
    return [
        Error(
            "Redis is reached over the network without TLS or without a password: "
            "whoever is there reads challenges and starts tasks.",
            hint="REDIS_URL=rediss://:password@host:port/0",
            id="idp.E022",
        )
    ]


def _broker_answers(url: str) -> list[CheckMessage]:
    try:
        with Connection(url, connect_timeout=ANSWER_SECONDS) as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=ANSWER_SECONDS)
    except (OperationalError, OSError, ValueError, KeyError):
        return [
            Error(
                "The broker does not answer: nothing is erased, and no logout is told.",
                hint="Start it, or mend REDIS_URL.",
                id="idp.E023",
            )
        ]
    return []


def _cache() -> tuple[str, str]:
    default = settings.CACHES["default"]
    return default["BACKEND"], str(default.get("LOCATION", ""))


def _is_remote(host: str) -> bool:
    """Tell whether the way there leaves this machine; an absolute path is a socket."""
    return bool(host) and not host.startswith("/") and host not in LOOPBACK_HOSTS
