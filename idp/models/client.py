"""Registered clients. RFC 6749 2; OpenID Connect Dynamic Client Registration 2 (metadata names)."""

from __future__ import annotations

import re

from authlib.oauth2.rfc6749 import ClientMixin
from django.core.exceptions import ValidationError
from django.db import models

from idp.protocol import opaque, redirect_uri

IDENTIFIER = re.compile(r"[A-Za-z0-9._~-]{1,120}")
DEFAULT_SCOPE = "openid profile email offline_access"


def _default_grant_types() -> list[str]:
    return ["authorization_code", "refresh_token"]


class Client(ClientMixin, models.Model):
    """An application that asks for tokens.

    `minimum_acr` is a floor that no request can lower; `default_acr_values` and
    `default_max_age` count where a request says nothing. Secrets are random (256 bits), so
    that a plain SHA-256 protects them; they are shown once, by `new_secret`.
    """

    class AuthMethod(models.TextChoices):
        BASIC = "client_secret_basic"
        POST = "client_secret_post"
        NONE = "none", "none (public client)"

    class ApplicationType(models.TextChoices):
        WEB = "web"
        NATIVE = "native"

    class SigningAlgorithm(models.TextChoices):
        ES256 = "ES256", "ES256"
        RS256 = "RS256", "RS256"

    client_id = models.CharField(max_length=120, unique=True)
    name = models.CharField(max_length=120)
    secret_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    token_endpoint_auth_method = models.CharField(
        max_length=32, choices=AuthMethod.choices, default=AuthMethod.BASIC
    )
    redirect_uris = models.JSONField(default=list)
    post_logout_redirect_uris = models.JSONField(default=list, blank=True)
    scope = models.TextField(default=DEFAULT_SCOPE)
    grant_types = models.JSONField(default=_default_grant_types)
    application_type = models.CharField(
        max_length=8, choices=ApplicationType.choices, default=ApplicationType.WEB
    )
    require_pkce = models.BooleanField(
        "require PKCE",
        default=True,
        help_text="An exception is possible for clients with a secret only.",
    )
    id_token_signed_response_alg = models.CharField(
        "ID token algorithm",
        max_length=8,
        choices=SigningAlgorithm.choices,
        default=SigningAlgorithm.ES256,
    )
    default_acr_values = models.JSONField(default=list, blank=True)
    minimum_acr = models.CharField(max_length=120, blank=True)
    default_max_age = models.PositiveIntegerField(null=True, blank=True, help_text="In seconds.")
    skip_consent = models.BooleanField(
        default=False, help_text="Only for applications of this provider's own organisation."
    )
    logo_uri = models.URLField(blank=True)
    policy_uri = models.URLField(blank=True)
    tos_uri = models.URLField(blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

    @property
    def is_public(self) -> bool:
        """Whether it cannot keep a secret."""
        return self.token_endpoint_auth_method == self.AuthMethod.NONE

    @property
    def is_native(self) -> bool:
        """Whether it runs on the person's own device. RFC 8252."""
        return self.application_type == self.ApplicationType.NATIVE

    @property
    def needs_pkce(self) -> bool:
        """Whether a request without a code challenge is refused. RFC 9700 2.1.1."""
        return self.require_pkce or self.is_public

    def new_secret(self) -> str:
        """Return a fresh secret, of which only the hash is kept; the caller saves the row."""
        secret = opaque.new()
        self.secret_sha256 = opaque.digest(secret)
        return secret

    def clean(self) -> None:
        """Refuse names and URIs that could not be matched safely. OIDC.md A1, A4."""
        if not IDENTIFIER.fullmatch(self.client_id):
            raise ValidationError({"client_id": "Letters, digits and . _ ~ - only."})
        for field in ("redirect_uris", "post_logout_redirect_uris"):
            for uri in getattr(self, field):
                if found := redirect_uri.problem(str(uri), native=self.is_native):
                    raise ValidationError({field: f"{uri}: {found}"})

    def get_client_id(self) -> str:
        """Return the identifier. RFC 6749 2.2."""
        return self.client_id

    def get_allowed_scope(self, scope: str) -> str:
        """Return what of `scope` the client may have, in the order asked."""
        allowed = frozenset(self.scope.split())
        return " ".join(dict.fromkeys(name for name in (scope or "").split() if name in allowed))

    def check_redirect_uri(self, uri: str) -> bool:
        """Return whether a response may be sent to `uri`."""
        return redirect_uri.matches(uri, self.redirect_uris, native=self.is_native)

    def check_client_secret(self, client_secret: str) -> bool:
        """Return whether this is the secret; the time taken does not depend on it."""
        return opaque.same(client_secret, self.secret_sha256)

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        """Return whether `method` is the registered one: it is pinned for every endpoint."""
        return self.token_endpoint_auth_method == method

    def check_response_type(self, response_type: str) -> bool:
        """Return whether the client uses the flow of `response_type`."""
        return response_type == "code" and self.check_grant_type("authorization_code")

    def check_grant_type(self, grant_type: str) -> bool:
        """Return whether the client may use `grant_type`."""
        return grant_type in self.grant_types
