"""A deployment of both applications that is safe, for each test to spoil in one place."""

from __future__ import annotations

import subprocess
import time
import warnings

import pytest

from biometric_auth import policy as biometric_policy
from idp import policy as idp_policy
from idp.authentication import profiles
from idp.config.embedded import redis_command

HOST = "id.example.org"
ISSUER = f"https://{HOST}"


@pytest.fixture(autouse=True)
def _fresh_process():
    profiles.forget()
    yield
    profiles.forget()


@pytest.fixture(scope="session")
def redis_socket(tmp_path_factory):
    """The socket of a Redis that answers."""
    socket = tmp_path_factory.mktemp("redis") / "redis.sock"
    with subprocess.Popen(redis_command(socket), stdout=subprocess.DEVNULL) as redis:
        while not socket.is_socket():
            time.sleep(0.01)
        yield socket
        redis.terminate()


@pytest.fixture
def deployment(settings, tmp_path, redis_socket):
    """Change what a test names in an otherwise safe deployment."""
    settings.STATE_DIR = tmp_path / "state"
    settings.STATE_DIR.mkdir()
    cache = "django.core.cache.backends.redis.RedisCache"
    settings.CACHES = {"default": {"BACKEND": cache, "LOCATION": f"unix://{redis_socket}"}}
    settings.CELERY_BROKER_URL = f"redis+socket://{redis_socket}"
    settings.SECRET_KEY = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    settings.ALLOWED_HOSTS = [HOST]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SESSION_COOKIE_NAME = "__Host-countersign_admin"
    settings.CSRF_COOKIE_NAME = "__Host-countersign_csrf"
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.CSRF_TRUSTED_ORIGINS = [ISSUER]
    settings.IDP = settings.IDP | {
        "two_person_clients": True,
        "issuer": ISSUER,
        "trusted_proxies": ("10.0.0.0/8",),
        "anchor_file": tmp_path / "elsewhere" / "anchors.jsonl",
    }
    settings.BIOMETRIC_AUTH = settings.BIOMETRIC_AUTH | {
        "issuer": ISSUER,
        "engine": "biometric_auth.engines.face.FaceEngine",
        "allow_simulated_engine": False,
        "key_ring": tmp_path / "keys" / "keyring.json",
        "attestation_roots": {"packed": [tmp_path / "root.pem"]},
    }
    spoiled = Spoil(settings)
    aliases = ("default", "biometric")
    spoiled(DATABASES={alias: database(f"{alias}.example.org", alias) for alias in aliases})
    yield spoiled
    idp_policy.get_policy.cache_clear()
    biometric_policy.get_policy.cache_clear()


class Spoil:
    """Changes settings, by name, and members of the two policies."""

    def __init__(self, settings):
        self.settings = settings

    def __call__(self, *, idp=(), biometric=(), **changes):
        with warnings.catch_warnings():
            # Django warns of DATABASES: connections do not follow. Only the checks read it here.
            warnings.simplefilter("ignore", UserWarning)
            for name, value in changes.items():
                setattr(self.settings, name, value)
        self.settings.IDP = self.settings.IDP | dict(idp)
        self.settings.BIOMETRIC_AUTH = self.settings.BIOMETRIC_AUTH | dict(biometric)
        idp_policy.get_policy.cache_clear()
        biometric_policy.get_policy.cache_clear()


def database(host, name, **options):
    """Return what the settings say of a PostgreSQL that is reached over verified TLS."""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "HOST": host,
        "OPTIONS": {"sslmode": "verify-full"} | options,
    }


def said(check):
    """Return the ids of what a check finds, each of which names its mend."""
    found = check()
    assert [message for message in found if not message.hint] == []
    return [message.id for message in found]
