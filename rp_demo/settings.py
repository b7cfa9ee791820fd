"""Settings of the relying party's process, from the environment. No database.

RP_ISSUER         the provider (http://localhost:8000)
RP_CLIENT_ID      this client there (demo-bank)
RP_CLIENT_SECRET  its secret
RP_URL            where this process is reached (http://localhost:8001)
RP_TRANSFER_ACR   the acr values that a transfer takes, by the provider's names or its aliases
RP_SECRET_KEY     seals the session cookie; without it sessions end with the process
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

BASE_DIR = Path(__file__).resolve().parent
URL = os.environ.get("RP_URL", "http://localhost:8001").rstrip("/")
SECURE = URL.startswith("https://")

DEBUG = False
SECRET_KEY = os.environ.get("RP_SECRET_KEY") or secrets.token_urlsafe(48)
ALLOWED_HOSTS = sorted({urlsplit(URL).hostname or "localhost", "localhost", "127.0.0.1"})

RP = {
    "issuer": os.environ.get("RP_ISSUER", "http://localhost:8000"),
    "client_id": os.environ.get("RP_CLIENT_ID", "demo-bank"),
    "client_secret": os.environ.get("RP_CLIENT_SECRET", ""),
    "url": URL,
    "resource_url": f"{URL}/api/transfer",
    "transfer_acr": os.environ.get("RP_TRANSFER_ACR", ""),
    "transport": "rp_demo.transport.send",
}

INSTALLED_APPS = ["django.contrib.staticfiles"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "rp_demo.middleware.PageSecurity",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]
ROOT_URLCONF = "rp_demo.urls"
WSGI_APPLICATION = "rp_demo.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {"context_processors": ["rp_demo.pages.visitor"]},
    },
]
CSRF_FAILURE_VIEW = "rp_demo.pages.form_expired"

# Names of its own: on localhost the provider's cookies arrive here too, ports do not part them.
_PREFIX = "__Host-" if SECURE else ""
SESSION_ENGINE = "rp_demo.sealed_cookie"
SESSION_COOKIE_NAME = f"{_PREFIX}northwind_session"
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = f"{_PREFIX}northwind_csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
# Lax: the callback is a navigation that comes from the provider.
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"

SECURE_CONTENT_TYPE_NOSNIFF = True
# Not `no-referrer`: browsers would then send `Origin: null` with our own forms.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024

LANGUAGE_CODE = "en"
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True  # no collectstatic: the demo has one stylesheet
WHITENOISE_MAX_AGE = 300

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
}
