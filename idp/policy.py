"""``settings.IDP`` read once into a frozen value. Nothing else reads those settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from django.conf import settings

from idp.protocol.algorithms import SIGNING


@dataclass(frozen=True, slots=True)
class IdpPolicy:
    """What this deployment allows. Durations are timedeltas.

    `methods` are dotted paths in order of preference (local before remote, R-5.3-2);
    `profile` is the assurance profile (ASSURANCE.md, "Policy"); `acr_values` are the
    advertised values, weakest first; `trusted_proxies` are the networks of this deployment's
    reverse proxies, which alone may say whom they forward. `registration`: who may register
    clients over the network (``token``: the bearer of an initial access token), and what such
    a client may ask for at most; `registrations_per_address`: how many in an hour come in
    without a token; `unused_client_lifetime`: how long one of them stays that nobody uses (zero:
    for good).
    `cooling_off_after_recovery`, `cooling_off_of_new_keys`: how long nothing, or a passkey or app
    that was added below level 3, counts in full (ASSURANCE.md, `cooling_off`).
    `recovery_by_email_alone`: whether a message replaces the password of accounts that have more.
    `self_registration`: whether people may open accounts (``prompt=create``).
    `refuse_distrusted_authenticators`: whether a passkey of a model that FIDO warns of is not
    taken at all; otherwise it counts as software.
    `dashboard`: dotted paths to what fills the administrator's first page.
    `administration_acr`: what a session must reach to administer at all; `step_up_acr`, no longer
    ago than `step_up_age`: what the administration asks for before anything that matters.
    `two_person_clients`: whether a second administrator approves changes to clients.
    `fetch_loopback` lets the outbound fetcher reach this machine: demonstrations and tests.
    `event_logs` are dotted paths of modules that keep a log of security events, by name; the
    ends of their chains are written to `anchor_file` and sent to `anchor_url`.
    """

    issuer: str
    methods: tuple[str, ...]
    profile: Literal["strict", "self-assessed"] = "strict"
    acr_values: tuple[str, ...] = (
        "urn:countersign:acr:loa1",
        "urn:countersign:acr:loa2",
        "phr",
        "urn:countersign:acr:loa3",
        "urn:countersign:acr:loa2:rb",
        "urn:countersign:acr:loa3:rb",
    )
    id_token_signing_algorithms: tuple[str, ...] = SIGNING
    code_lifetime: timedelta = timedelta(seconds=60)
    access_token_lifetime: timedelta = timedelta(minutes=10)
    id_token_lifetime: timedelta = timedelta(minutes=10)
    refresh_token_lifetime: timedelta = timedelta(days=30)
    interaction_lifetime: timedelta = timedelta(minutes=15)
    session_lifetime: timedelta = timedelta(hours=12)
    recovery_by_email_alone: bool = False
    cooling_off_after_recovery: timedelta = timedelta(hours=24)
    cooling_off_of_new_keys: timedelta = timedelta(hours=24)
    client_cache_lifetime: timedelta = timedelta(seconds=5)
    signing_key_lifetime: timedelta = timedelta(days=90)
    registration: Literal["closed", "token", "open"] = "token"
    registration_scopes: tuple[str, ...] = (
        "openid",
        "profile",
        "email",
        "address",
        "phone",
        "offline_access",
    )
    registration_grant_types: tuple[str, ...] = (
        "authorization_code",
        "refresh_token",
        "implicit",
    )
    registration_response_types: tuple[str, ...] = ("code",)
    registration_without_pkce: bool = False
    registrations_per_address: int = 30
    unused_client_lifetime: timedelta = timedelta(days=30)
    self_registration: bool = False
    administration_acr: str = "urn:countersign:acr:loa2"
    step_up_acr: str = "urn:countersign:acr:loa3"
    step_up_age: timedelta = timedelta(minutes=5)
    refuse_distrusted_authenticators: bool = False
    two_person_clients: bool = True
    fetch_loopback: bool = False
    trusted_proxies: tuple[str, ...] = ()
    anchor_file: str | Path = ""
    anchor_url: str = ""
    event_logs: Mapping[str, str] = field(default_factory=lambda: {"provider": "idp.event_log"})
    dashboard: tuple[str, ...] = ()

    @property
    def secure(self) -> bool:
        """Whether the issuer is https, so that cookies are Secure with ``__Host-`` names."""
        return urlsplit(self.issuer).scheme == "https"

    def url(self, path: str) -> str:
        """Return the absolute URL of `path` at the issuer."""
        return self.issuer.rstrip("/") + path

    def cookie_name(self, base: str) -> str:
        """Return the name under which cookie `base` is set. RFC 6265bis 4.1.3.2."""
        return f"__Host-{base}" if self.secure else base


@cache
def get_policy() -> IdpPolicy:
    """Return the policy of this process."""
    given: dict[str, Any] = dict(settings.IDP)
    return IdpPolicy(**given)
