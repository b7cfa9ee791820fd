"""What browsers and proxies may do to a deployment. OIDC.md G2-G5, L6; RFC 6797; RFC 6265bis."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from idp.policy import get_policy

SHORTEST_HSTS = timedelta(days=180)
SHORTEST_SECRET = 50
FEWEST_CHARACTERS = 10
SLOW_HASHERS = ("Argon2", "BCryptSHA256", "PBKDF2", "Scrypt")


@register(Tags.security, deploy=True)
def check_web(**_kwargs: Any) -> list[CheckMessage]:
    """Check transport, cookies, hosts and proxies."""
    return [*_transport(), *_cookies(), *_hosts(), *_proxies()]


@register(Tags.security, deploy=True)
def check_secrets(**_kwargs: Any) -> list[CheckMessage]:
    """Check what secrets rest on."""
    found: list[CheckMessage] = []
    if settings.DEBUG:
        found.append(
            Error(
                "Error pages show settings and what a request carried.",
                hint="DEBUG = False.",
                id="idp.E004",
            )
        )
    key = settings.SECRET_KEY
    weak = len(key) < SHORTEST_SECRET or len(set(key)) < FEWEST_CHARACTERS
    if weak or key.startswith("django-insecure-"):
        found.append(
            Error(
                "The secret key can be guessed, and with it every sealed key and signature.",
                hint="COUNTERSIGN_SECRET_KEY: at least 50 random characters.",
                id="idp.E009",
            )
        )
    slow = settings.PASSWORD_HASHERS[0].rpartition(".")[2].startswith(SLOW_HASHERS)
    if not (slow and settings.AUTH_PASSWORD_VALIDATORS):
        found.append(
            Error(
                "Passwords are stored by a fast hash, or the worst ones are accepted.",
                hint="Leave PASSWORD_HASHERS and AUTH_PASSWORD_VALIDATORS as they are shipped.",
                id="idp.E010",
            )
        )
    return found


def _transport() -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if not get_policy().secure:
        found.append(
            Error(
                "Whoever is on the way reads codes and cookies: the issuer is not https.",
                hint="COUNTERSIGN_ISSUER=https://...",
                id="idp.E005",
            )
        )
    if timedelta(seconds=settings.SECURE_HSTS_SECONDS) < SHORTEST_HSTS:
        found.append(
            Error(
                "A browser may be led to plain http at its next visit.",
                hint="SECURE_HSTS_SECONDS: half a year at least; an https issuer sets a year.",
                id="idp.E011",
            )
        )
    return found


def _cookies() -> list[CheckMessage]:
    names = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)
    flags = (
        settings.SESSION_COOKIE_SECURE,
        settings.CSRF_COOKIE_SECURE,
        settings.SESSION_COOKIE_HTTPONLY,
        settings.CSRF_COOKIE_HTTPONLY,
    )
    if all(flags) and all(name.startswith("__Host-") for name in names):
        return []
    return [
        Error(
            "Cookies can be read on the way, by scripts, or set by another host of the domain.",
            hint="Secure, HttpOnly, and names with __Host-: an https issuer sets them.",
            id="idp.E012",
        )
    ]


def _hosts() -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if any("*" in host or host.startswith(".") for host in settings.ALLOWED_HOSTS):
        found.append(
            Error(
                "A request may claim any host, and links would be made for it.",
                hint="COUNTERSIGN_HOSTS: the names of this deployment, one by one.",
                id="idp.E013",
            )
        )
    elif urlsplit(get_policy().issuer).hostname not in settings.ALLOWED_HOSTS:
        found.append(
            Error(
                "Nobody is answered under the issuer's own name.",
                hint="COUNTERSIGN_HOSTS has to name the issuer's host.",
                id="idp.E014",
            )
        )
    return found


def _proxies() -> list[CheckMessage]:
    networks = get_policy().trusted_proxies
    anybody = any(text.strip().endswith("/0") for text in networks)
    if not anybody and (networks or not settings.SECURE_PROXY_SSL_HEADER):
        return []
    return [
        Error(
            "A proxy's headers are believed, and nobody says which machines are proxies: "
            "limits on guessing would count the proxy, or whatever a caller writes.",
            hint="COUNTERSIGN_PROXIES: the networks of the reverse proxies, and no others.",
            id="idp.E015",
        )
    ]
