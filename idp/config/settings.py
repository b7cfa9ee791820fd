"""Settings of the provider process, from the environment, safe by default.

The composition root: it names `biometric_auth` in strings only.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from celery.schedules import crontab

from idp.config.environment import databases, mail, redis_urls, secret_key
from idp.config.log_lines import log_configuration
from idp.protocol.acr import LOA
from idp.protocol.algorithms import SIGNING

BASE_DIR = Path(__file__).resolve().parents[2]
STATE_DIR = Path(os.environ.get("COUNTERSIGN_STATE", BASE_DIR / "var"))
ISSUER = os.environ.get("COUNTERSIGN_ISSUER", "http://localhost:8000")
SECURE = ISSUER.startswith("https://")

DEBUG = False
SECRET_KEY = secret_key(STATE_DIR)
SECRET_KEY_FALLBACKS = os.environ.get("COUNTERSIGN_SECRET_KEY_FALLBACKS", "").split(",")
SECRET_KEY_FALLBACKS = [key for key in SECRET_KEY_FALLBACKS if key]
ALLOWED_HOSTS = os.environ.get("COUNTERSIGN_HOSTS", "localhost,127.0.0.1").split(",")

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "idp.config.administration.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "idp",
    "biometric_auth",
]
AUTH_USER_MODEL = "idp.User"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "idp.authentication.password_change.EndWhatTheOldOneOpened"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

# Users and messages cost a millisecond: only the admin has them. Its user is the provider's
# session's; a session of contrib.sessions keeps messages alone, in a cookie, and opens nothing.
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
MIDDLEWARE = [
    "idp.config.middleware.NamedRequest",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "idp.config.middleware.BrowserSecurity",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "idp.config.middleware.AdminSession",
    "idp.config.middleware.AdminAuthentication",
    "idp.config.middleware.AdminMessages",
]
ROOT_URLCONF = "idp.config.urls"
WSGI_APPLICATION = "idp.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Before the applications: pages of the admin's theme that it needs in another way.
        "DIRS": [BASE_DIR / "idp" / "theme"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "idp.config.context.deployment",
            ],
        },
    },
]

DATABASES = databases(STATE_DIR)
DATABASE_ROUTERS = ["idp.config.routers.BiometricRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CELERY_BROKER_URL, CACHE_URL = redis_urls(STATE_DIR)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CACHE_URL,
        "KEY_PREFIX": "countersign",
    },
}

# Law: task arguments are ids; no sample, template or score enters the queue (R-9.4-2).
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A killed worker's task comes back in seconds; the timeout must exceed the longest task.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
}
CELERY_BEAT_SCHEDULE = {
    "biometric-erase-revoked": {
        "task": "biometric_auth.tasks.erase_revoked",
        "schedule": crontab(minute="7"),
    },
    "biometric-purge-transactions": {
        "task": "biometric_auth.tasks.purge_transactions",
        "schedule": crontab(minute="*/10"),
    },
    "idp-rotate-signing-keys": {
        "task": "idp.tasks.rotate_signing_keys",
        "schedule": crontab(minute="17"),
    },
    "idp-sweep-logouts": {
        "task": "idp.tasks.sweep_logouts",
        "schedule": crontab(),
    },
    "idp-sweep-letters": {
        "task": "idp.tasks.sweep_letters",
        "schedule": crontab(),
    },
    "idp-end-expired-sessions": {
        "task": "idp.tasks.end_expired_sessions",
        "schedule": crontab(minute="*/5"),
    },
    "idp-chain-security-events": {
        "task": "idp.tasks.chain_security_events",
        "schedule": timedelta(seconds=10),
    },
    "idp-anchor-security-events": {
        "task": "idp.tasks.anchor_security_events",
        "schedule": crontab(),
    },
    "idp-delete-unused-clients": {
        "task": "idp.tasks.delete_unused_clients",
        "schedule": crontab(minute="27", hour="3"),
    },
    "idp-purge-expired": {
        "task": "idp.tasks.purge_expired",
        "schedule": crontab(minute="*/10"),
    },
}

globals().update(mail(STATE_DIR))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get(
    "COUNTERSIGN_MAIL_FROM", f"Countersign <no-reply@{urlsplit(ISSUER).hostname}>"
)

LANGUAGE_CODE = "en"
# The languages of the provider's pages; their catalogues are in idp/locale.
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("fr", "Français")]
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = STATE_DIR / "static"
# The authentication agent keeps its scripts beside its pages, not in an app's own folder.
STATICFILES_DIRS = [BASE_DIR / "biometric_auth" / "agent" / "static"]

SECURE_CONTENT_TYPE_NOSNIFF = True
# Nothing to other origins, so that no code travels in a Referer (OIDC.md G4). Not
# "no-referrer": with it browsers send `Origin: null` from our own forms, which CSRF refuses.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SESSION_COOKIE_NAME = "__Host-countersign_admin" if SECURE else "countersign_admin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_NAME = "__Host-countersign_csrf" if SECURE else "countersign_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "idp.endpoints.pages.csrf_failure"
CSRF_TRUSTED_ORIGINS = [ISSUER]
SILENCED_SYSTEM_CHECKS = [
    "security.W002",  # X-Frame-Options comes from BrowserSecurity, with the frames that OIDC needs
    "security.W005",  # other hosts below the issuer's are not ours to decide about
    "security.W021",  # nor is the browsers' preload list
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000  # a capture is at most 1.5 MB (AGENT-PROTOCOL, "Refusals")

PROFILE = os.environ.get("COUNTERSIGN_PROFILE", "strict")
SELF_ASSESSED = PROFILE == "self-assessed"
_COOLING_OFF = timedelta(hours=float(os.environ.get("COUNTERSIGN_COOLING_OFF_HOURS", "24")))
IDP: dict[str, Any] = {
    "issuer": ISSUER,
    "profile": PROFILE,
    "id_token_signing_algorithms": tuple(
        os.environ.get("COUNTERSIGN_SIGNING_ALGORITHMS", ",".join(SIGNING)).split(",")
    ),
    "registration": os.environ.get("COUNTERSIGN_REGISTRATION", "token"),
    "registration_response_types": tuple(
        os.environ.get("COUNTERSIGN_REGISTRATION_RESPONSE_TYPES", "code").split(",")
    ),
    "registration_without_pkce": os.environ.get("COUNTERSIGN_REGISTRATION_WITHOUT_PKCE") == "1",
    "registrations_per_address": int(os.environ.get("COUNTERSIGN_REGISTRATIONS_PER_ADDRESS", "30")),
    "unused_client_lifetime": timedelta(
        days=int(os.environ.get("COUNTERSIGN_UNUSED_CLIENTS_DAYS", "30"))
    ),
    "self_registration": os.environ.get("COUNTERSIGN_SELF_REGISTRATION") == "1",
    "refuse_distrusted_authenticators": os.environ.get("COUNTERSIGN_REFUSE_DISTRUSTED") == "1",
    "trusted_proxies": tuple(filter(None, os.environ.get("COUNTERSIGN_PROXIES", "").split(","))),
    "recovery_by_email_alone": os.environ.get("COUNTERSIGN_RECOVERY_BY_EMAIL_ALONE") == "1",
    "cooling_off_after_recovery": _COOLING_OFF,
    # A demonstration: a passkey added a minute ago from a password session counts at once.
    "cooling_off_of_new_keys": timedelta(0) if SELF_ASSESSED else _COOLING_OFF,
    "administration_acr": os.environ.get("COUNTERSIGN_ADMIN_ACR", LOA.format(2)),
    "two_person_clients": os.environ.get("COUNTERSIGN_TWO_PERSON_CLIENTS", "1") == "1",
    "step_up_acr": os.environ.get("COUNTERSIGN_ADMIN_STEP_UP_ACR", LOA.format(3)),
    "fetch_loopback": os.environ.get("COUNTERSIGN_FETCH_LOOPBACK") == "1",
    "methods": (
        "idp.authentication.password.Password",
        "idp.authentication.passkey.PasskeyMethod",
        "idp.authentication.one_time_code.OneTimeCode",
        "biometric_auth.integrations.idp.RemoteFace",
        "idp.authentication.recovery_code.RecoveryCodes",  # last: a code is spent for good
    ),
    "anchor_file": os.environ.get("COUNTERSIGN_ANCHOR_FILE", STATE_DIR / "anchors.jsonl"),
    "anchor_url": os.environ.get("COUNTERSIGN_ANCHOR_URL", ""),
    "event_logs": {
        "provider": "idp.event_log",
        "authentication-server": "biometric_auth.services.event_log",
    },
    "dashboard": ("idp.admin.health.panels", "biometric_auth.integrations.dashboard.panels"),
}
BIOMETRIC_AUTH: dict[str, Any] = {
    "issuer": ISSUER,
    "engine": "biometric_auth.engines.face.FaceEngine",
    "model_dir": Path(os.environ.get("COUNTERSIGN_MODELS", STATE_DIR / "models")),
    "key_ring": Path(os.environ.get("COUNTERSIGN_KEYRING", STATE_DIR / "keyring.json")),
    "session_reader": "idp.authentication.session.read_signed_in",
    "method_reset": "idp.authentication.reset.method_reset",
    "sign_in_url": "/account/sign-in",
    # A demo without a camera: frames of the simulated phone. Refused by `check --deploy`.
    "simulated_camera_url": os.environ.get("COUNTERSIGN_SIMULATED_CAMERA", ""),
}
if SELF_ASSESSED:
    # A demonstration: a face enrolled a minute ago from a password session counts at once.
    # The administrator publishes the next version of the enrolment policy for anything else.
    BIOMETRIC_AUTH["initial_policy"] = {"session_level": 1, "cooling_off": timedelta(0)}

UNFOLD = {
    "SITE_TITLE": "Countersign",
    "SITE_HEADER": "Countersign",
    "SITE_SUBHEADER": "Administration",
    "SITE_URL": "/account/",
    "SITE_ICON": "/static/idp/mark.svg",
    "STYLES": ["/static/idp/admin.css"],
    "SCRIPTS": ["/static/idp/admin.js"],
    "DASHBOARD_CALLBACK": "idp.admin.dashboard.fill",
    "COLORS": {
        "primary": {
            "50": "rgb(238 247 248)",
            "100": "rgb(213 235 238)",
            "200": "rgb(171 215 221)",
            "300": "rgb(120 188 197)",
            "400": "rgb(64 152 164)",
            "500": "rgb(48 158 171)",
            "600": "rgb(11 93 102)",
            "700": "rgb(9 77 85)",
            "800": "rgb(8 62 69)",
            "900": "rgb(7 51 57)",
            "950": "rgb(4 32 36)",
        },
    },
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "biometric_auth.api.problems.problem_handler",
    "UNAUTHENTICATED_USER": None,
}

LOGGING = log_configuration(
    os.environ.get("COUNTERSIGN_LOG_FORMAT", "json"),  # type: ignore[arg-type]
    os.environ.get("COUNTERSIGN_LOG_LEVEL", "INFO"),
)
