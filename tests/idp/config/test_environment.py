"""ARCHITECTURE 8: settings from the environment, safe by default."""

from __future__ import annotations

import ssl

import pytest
from kombu import Connection

from idp.config import environment
from idp.config.embedded import LONGEST_SOCKET_PATH, redis_command, redis_socket


def test_the_embedded_secret_key_is_made_once_and_kept_private(tmp_path, monkeypatch):
    monkeypatch.delenv("COUNTERSIGN_SECRET_KEY", raising=False)
    first = environment.secret_key(tmp_path / "state")
    assert len(first) >= 50
    assert environment.secret_key(tmp_path / "state") == first
    assert (tmp_path / "state" / "secret_key").stat().st_mode & 0o077 == 0


def test_a_secret_key_of_the_environment_wins(tmp_path, monkeypatch):
    monkeypatch.setenv("COUNTERSIGN_SECRET_KEY", "given")
    assert environment.secret_key(tmp_path) == "given"
    assert not (tmp_path / "secret_key").exists()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://me:p%40ss@mail.example", {
            "EMAIL_HOST": "mail.example", "EMAIL_PORT": 587, "EMAIL_HOST_USER": "me",
            "EMAIL_HOST_PASSWORD": "p@ss", "EMAIL_USE_TLS": True, "EMAIL_USE_SSL": False,
        }),
        ("smtp://localhost:25", {"EMAIL_PORT": 25, "EMAIL_USE_TLS": False}),
        ("smtps://mail.example", {"EMAIL_PORT": 465, "EMAIL_USE_SSL": True}),
        ("file:///var/mail", {"EMAIL_FILE_PATH": "/var/mail"}),
    ],
)  # fmt: skip
def test_letters_go_where_the_environment_says(tmp_path, monkeypatch, url, expected):
    monkeypatch.setenv("EMAIL_URL", url)
    assert environment.mail(tmp_path).items() >= expected.items()


def test_without_a_mail_server_letters_are_files_of_the_state(tmp_path, monkeypatch):
    monkeypatch.delenv("EMAIL_URL", raising=False)
    assert environment.mail(tmp_path)["EMAIL_FILE_PATH"] == f"{tmp_path}/outbox"
    monkeypatch.setenv("EMAIL_URL", "pigeon://loft")
    with pytest.raises(ValueError, match="pigeon"):
        environment.mail(tmp_path)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("sqlite:////var/lib/idp.sqlite3", {"NAME": "/var/lib/idp.sqlite3"}),
        (
            "postgresql://me:p%40ss@db.example:5433/idp",
            {"NAME": "idp", "USER": "me", "PASSWORD": "p@ss", "HOST": "db.example", "PORT": 5433},
        ),
        ("postgres:///idp?host=/run/postgresql", {"NAME": "idp", "HOST": "/run/postgresql"}),
        (
            "postgresql://db.example/idp?sslmode=verify-full&sslrootcert=/etc/db.pem",
            {"OPTIONS": {"sslmode": "verify-full", "sslrootcert": "/etc/db.pem"}},
        ),
    ],
)
def test_a_database_url_is_understood(url, expected):
    assert expected.items() <= environment.database(url).items()


def test_an_unknown_database_is_refused():
    with pytest.raises(ValueError, match="DATABASE_URL must be"):
        environment.database("mysql://localhost/idp")


def test_one_database_url_serves_both_aliases(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql:///idp")
    monkeypatch.delenv("BIOMETRIC_DATABASE_URL", raising=False)
    aliases = environment.databases(tmp_path)
    assert aliases["default"]["NAME"] == aliases["biometric"]["NAME"] == "idp"


def test_references_may_have_another_database(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql:///idp")
    monkeypatch.setenv("BIOMETRIC_DATABASE_URL", "postgresql:///references")
    assert environment.databases(tmp_path)["biometric"]["NAME"] == "references"


@pytest.mark.parametrize(
    ("url", "broker", "cache"),
    [
        ("unix:///run/redis.sock", "redis+socket:///run/redis.sock", "unix:///run/redis.sock"),
        ("redis://cache:6379/0", "redis://cache:6379/0", "redis://cache:6379/0"),
        (
            "rediss://:p@cache:6379/0?ssl_cert_reqs=none",
            "rediss://:p@cache:6379/0?ssl_cert_reqs=none",
            "rediss://:p@cache:6379/0?ssl_cert_reqs=none",
        ),
    ],
)
def test_celery_and_the_cache_each_get_their_spelling(tmp_path, monkeypatch, url, broker, cache):
    monkeypatch.setenv("REDIS_URL", url)
    assert environment.redis_urls(tmp_path) == (broker, cache)


@pytest.mark.parametrize(
    "url", ["rediss://:p@cache:6379/0", "rediss://:p@cache/0?ssl_ca_certs=/ca.pem"]
)
def test_redis_over_tls_is_tls_for_celery_too(tmp_path, monkeypatch, url):
    monkeypatch.setenv("REDIS_URL", url)
    for given in environment.redis_urls(tmp_path):
        with Connection(given) as connection:
            assert connection.ssl["ssl_cert_reqs"] == ssl.CERT_REQUIRED


def test_a_socket_in_a_deep_folder_moves_to_a_short_one(tmp_path):
    deep = tmp_path / ("d" * LONGEST_SOCKET_PATH)
    assert len(str(redis_socket(deep))) <= LONGEST_SOCKET_PATH
    assert redis_socket(tmp_path).parent == tmp_path


def test_the_embedded_redis_listens_on_no_port(tmp_path):
    command = redis_command(tmp_path / "redis.sock")
    assert command[command.index("--port") + 1] == "0"
    assert command[command.index("--unixsocketperm") + 1] == "700"
