"""How a client's registration stands against good practice, as findings. RFC 9700; FAPI 2.0.

Registration refuses what is unsafe; what is allowed and could be better is named here, with the
section that says so and with what mends it. FAPI 2.0 Security Profile (Final) is a profile that
nobody has to take: what a registration lacks for it is listed apart and does not count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from idp.protocol import client_rules
from idp.protocol.client_record import PRIVATE_KEY_JWT, ClientMetadata
from idp.protocol.response_type import is_front_channel


class Severity(StrEnum):
    """How much a finding matters. `LACK`: only for whoever wants the FAPI profile."""

    LACK = "lack"
    NOTE = "note"
    WARNING = "warning"


class Verdict(StrEnum):
    """A registration in one word: the gravest of its findings."""

    OK = "ok"
    NOTES = "notes"
    WARNINGS = "warnings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What is judged: the metadata, and what an administrator alone decides.

    `pkce`: whether a request without a code challenge is refused.
    """

    metadata: ClientMetadata
    pkce: bool = True
    skip_consent: bool = False
    self_registered: bool = False

    @property
    def is_web(self) -> bool:
        """Whether it is a website, and not an application on the person's device."""
        return self.metadata.application_type == "web"

    @property
    def redirects(self) -> bool:
        """Whether it sends people to the authorization endpoint."""
        return client_rules.redirects(self.metadata)

    @property
    def gets_codes(self) -> bool:
        """Whether an answer can have a code."""
        return any("code" in name.split() for name in self.metadata.response_types)

    @property
    def answers_in_front(self) -> bool:
        """Whether an answer can have more than a code."""
        return any(map(is_front_channel, self.metadata.response_types))

    @property
    def tokens_in_front(self) -> bool:
        """Whether an answer can have an access token."""
        return any("token" in name.split() for name in self.metadata.response_types)

    @property
    def without_pkce(self) -> bool:
        """Whether it can get codes that are bound to no challenge."""
        return self.gets_codes and not self.pkce

    @property
    def has_key(self) -> bool:
        """Whether it authenticates by a key of its own."""
        return self.metadata.token_endpoint_auth_method == PRIVATE_KEY_JWT

    @property
    def has_secret(self) -> bool:
        """Whether it authenticates by something that both sides know."""
        return self.metadata.authenticates and not self.has_key

    @property
    def schemes(self) -> set[str]:
        """The schemes of its redirect URIs."""
        return {uri.partition(":")[0] for uri in self.metadata.redirect_uris}

    @property
    def uses_localhost(self) -> bool:
        """Whether a redirect URI trusts a name that only usually is this device."""
        return any(uri.startswith("http://localhost") for uri in self.metadata.redirect_uris)

    @property
    def hears_of_logouts(self) -> bool:
        """Whether it is told when people sign out elsewhere."""
        return bool(self.metadata.backchannel_logout_uri or self.metadata.frontchannel_logout_uri)

    @property
    def gets_rs256(self) -> bool:
        """Whether anything is signed with RS256 for it."""
        return "RS256" in {
            self.metadata.id_token_signed_response_alg,
            self.metadata.userinfo_signed_response_alg,
            self.metadata.introspection_signed_response_alg,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """What the provider offers to every client alike."""

    pushed_requests: bool
    sender_constrained: bool
    code_lifetime: timedelta
    access_token_lifetime: timedelta

    @classmethod
    def of(
        cls,
        discovery: Mapping[str, Any],
        *,
        code_lifetime: timedelta,
        access_token_lifetime: timedelta,
    ) -> Server:
        """Return what discovery advertises. RFC 9126 5; RFC 9449 5.1; RFC 8705 3.3."""
        return cls(
            pushed_requests="pushed_authorization_request_endpoint" in discovery,
            sender_constrained=bool(
                discovery.get("dpop_signing_alg_values_supported")
                or discovery.get("tls_client_certificate_bound_access_tokens")
            ),
            code_lifetime=code_lifetime,
            access_token_lifetime=access_token_lifetime,
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that could be better: what, by which section, and what mends it."""

    code: str
    severity: Severity
    specification: str
    section: str
    what: str
    mend: str


Rule = tuple[Callable[[Registration, Server], bool], Finding]


@dataclass(frozen=True, slots=True)
class Report:
    """What was found, gravest first; `lacks` is what the FAPI profile asks beyond it."""

    findings: tuple[Finding, ...]
    lacks: tuple[Finding, ...]

    @property
    def verdict(self) -> Verdict:
        """Return the registration in one word."""
        found = {finding.severity for finding in self.findings}
        if Severity.WARNING in found:
            return Verdict.WARNINGS
        return Verdict.NOTES if found else Verdict.OK


def judge(registration: Registration, server: Server, rules: Iterable[Rule]) -> Report:
    """Return the findings of `rules` that apply, in the order of the rules."""
    found = [finding for applies, finding in rules if applies(registration, server)]
    return Report(
        findings=tuple(
            finding
            for severity in (Severity.WARNING, Severity.NOTE)
            for finding in found
            if finding.severity is severity
        ),
        lacks=tuple(finding for finding in found if finding.severity is Severity.LACK),
    )
