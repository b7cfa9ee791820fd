"""Settings that need a little work: secret key, database URLs, Redis URLs."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


def secret_key(state: Path) -> str:
    """Return ``COUNTERSIGN_SECRET_KEY``, or the embedded one, created at first start."""
    if given := os.environ.get("COUNTERSIGN_SECRET_KEY"):
        return given
    path = state / "secret_key"
    try:
        return path.read_text()
    except FileNotFoundError:
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
        # O_EXCL: of two processes that start together, one writes and the other reads.
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text()
        with os.fdopen(descriptor, "w") as file:
            file.write(key := secrets.token_urlsafe(48))
        return key


def database(url: str) -> dict[str, Any]:
    """Translate ``sqlite:///path`` or ``postgresql://…`` to Django's settings.

    Raises:
        ValueError: the scheme is neither.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:]) or ":memory:",
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                # IMMEDIATE: a writer waits for its turn instead of failing when it upgrades.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
        }
    if parts.scheme in {"postgres", "postgresql"}:
        # What libpq takes there, as sslmode and sslrootcert.
        options = dict(parse_qsl(parts.query))
        host = options.pop("host", "")
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path[1:]),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or "") or host,
            "PORT": parts.port or "",
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": options,
        }
    message = f"DATABASE_URL must be sqlite:///path or postgresql://..., not {parts.scheme!r}"
    raise ValueError(message)


def databases(state: Path) -> dict[str, dict[str, Any]]:
    """Return the two aliases. R-6.1-1: references live apart from the provider's tables.

    The embedded default is two SQLite files. With ``DATABASE_URL`` alone both aliases use
    that database; ``BIOMETRIC_DATABASE_URL`` puts the references into another one.
    """
    default = os.environ.get("DATABASE_URL")
    if default is None:
        return {
            "default": database(f"sqlite:///{state / 'idp.sqlite3'}"),
            "biometric": database(f"sqlite:///{state / 'biometric.sqlite3'}"),
        }
    return {
        "default": database(default),
        "biometric": database(os.environ.get("BIOMETRIC_DATABASE_URL", default)),
    }


def mail(state: Path) -> dict[str, Any]:
    """Translate ``EMAIL_URL`` to Django's settings; without it letters go to files.

    ``smtp://`` speaks STARTTLS unless the host is this machine, ``smtps://`` TLS from the start.

    Raises:
        ValueError: the scheme is neither of them nor ``file``.
    """
    parts = urlsplit(os.environ.get("EMAIL_URL") or f"file://{state / 'outbox'}")
    if parts.scheme == "file":
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": unquote(parts.path),
        }
    if parts.scheme not in {"smtp", "smtps"}:
        message = f"EMAIL_URL must be smtp://, smtps:// or file://, not {parts.scheme!r}"
        raise ValueError(message)
    host = parts.hostname or "localhost"
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": host,
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and host not in {"localhost", "127.0.0.1", "::1"},
    }


def redis_urls(state: Path) -> tuple[str, str]:
    """Return broker and cache URLs. Celery and redis-py name a unix socket differently."""
    url = os.environ.get("REDIS_URL", f"unix://{state / 'redis.sock'}")
    path = url.partition("://")[2]
    if url.startswith(("unix://", "redis+socket://")):
        return f"redis+socket://{path}", f"unix://{path}"
    if url.startswith("rediss://") and "ssl_cert_reqs=" not in url:
        # Celery speaks plain Redis to a rediss URL that does not say this.
        url += f"{'&' if '?' in url else '?'}ssl_cert_reqs=required"
    return url, url
