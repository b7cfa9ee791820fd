"""Registered clients. RFC 6749 2; OpenID Connect Dynamic Client Registration 2 (metadata names)."""

from __future__ import annotations

import re
from typing import Any

from authlib.oauth2.rfc6749 import ClientMixin
from django.core.exceptions import ValidationError
from django.db import models

from idp import sealing
from idp.policy import get_policy
from idp.protocol import algorithms, client_metadata, client_rules, opaque, redirect_uri
from idp.protocol.algorithms import SIGNING
from idp.protocol.client_members import MetadataError
from idp.protocol.client_record import ClientMetadata

IDENTIFIER = re.compile(r"[A-Za-z0-9._~-]{1,120}")
DEFAULT_SCOPE = "openid profile email offline_access"


LONGEST_URI = 2048


def _default_grant_types() -> list[str]:
    return ["authorization_code", "refresh_token"]


def _default_response_types() -> list[str]:
    return ["code"]


def _named(names: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(name, name) for name in names]


def _field(member: str) -> str:
    """Return the column of a member of the client metadata."""
    return "name" if member == "client_name" else member


def _uri(**options: Any) -> models.URLField[str, str]:
    return models.URLField(max_length=LONGEST_URI, blank=True, **options)


def _signing(**options: Any) -> models.CharField[str, str]:
    return models.CharField(max_length=8, choices=_named(SIGNING), blank=True, **options)


def _key_management() -> models.CharField[str, str]:
    return models.CharField(max_length=24, choices=_named(algorithms.KEY_MANAGEMENT), blank=True)


def _content_encryption() -> models.CharField[str, str]:
    names = _named(algorithms.CONTENT_ENCRYPTION)
    return models.CharField(max_length=16, choices=names, blank=True)


class Client(ClientMixin, models.Model):
    """An application that asks for tokens.

    `minimum_acr` is a floor that no request can lower; `default_acr_values` and
    `default_max_age` count where a request says nothing. Secrets are random (256 bits), so
    that a plain SHA-256 protects them; they are shown once, by `new_secret`. Only the secret
    of ``client_secret_jwt`` must be known to check a signature: it is sealed (`idp.sealing`).
    An empty algorithm means: unsigned, unencrypted, or for assertions any of the method's.
    """

    class AuthMethod(models.TextChoices):
        BASIC = "client_secret_basic"
        POST = "client_secret_post"
        SECRET_JWT = "client_secret_jwt"  # noqa: S105 - a method, not a secret
        PRIVATE_KEY_JWT = "private_key_jwt"
        NONE = "none", "none (public client)"

    class ApplicationType(models.TextChoices):
        WEB = "web"
        NATIVE = "native"

    class SubjectType(models.TextChoices):
        PUBLIC = "public"
        PAIRWISE = "pairwise"

    class TokenFormat(models.TextChoices):
        OPAQUE = "opaque"
        JWT = "jwt", "JWT (RFC 9068)"

    client_id = models.CharField(max_length=120, unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    application_type = models.CharField(
        max_length=8, choices=ApplicationType.choices, default=ApplicationType.WEB
    )

    secret_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    sealed_secret = models.BinaryField(default=bytes, blank=True, editable=False)
    token_endpoint_auth_method = models.CharField(
        max_length=32, choices=AuthMethod.choices, default=AuthMethod.BASIC
    )
    token_endpoint_auth_signing_alg = models.CharField(
        max_length=8, choices=_named((*SIGNING, *algorithms.SECRET_SIGNING)), blank=True
    )
    jwks = models.JSONField(null=True, blank=True, help_text="Public keys, as a JWK set.")
    jwks_uri = _uri()

    redirect_uris = models.JSONField(default=list, blank=True)
    post_logout_redirect_uris = models.JSONField(default=list, blank=True)
    scope = models.TextField(default=DEFAULT_SCOPE)
    grant_types = models.JSONField(default=_default_grant_types)
    response_types = models.JSONField(default=_default_response_types, blank=True)
    require_pkce = models.BooleanField(
        "require PKCE",
        default=True,
        help_text="An exception is possible for clients with a secret or key only.",
    )
    request_object_signing_alg = models.CharField(
        max_length=8,
        choices=_named((*SIGNING, "none")),
        blank=True,
        help_text="Empty: any signature by the client's keys. “none” allows unsigned ones.",
    )
    require_signed_request_object = models.BooleanField(default=False)
    request_uris = models.JSONField(default=list, blank=True)

    subject_type = models.CharField(
        max_length=8, choices=SubjectType.choices, default=SubjectType.PUBLIC
    )
    sector_identifier_uri = _uri()
    sector_identifier = models.CharField(max_length=255, blank=True, editable=False)
    id_token_signed_response_alg = models.CharField(
        "ID token algorithm", max_length=8, choices=_named(SIGNING), default="ES256"
    )
    id_token_encrypted_response_alg = _key_management()
    id_token_encrypted_response_enc = _content_encryption()
    userinfo_signed_response_alg = _signing()
    userinfo_encrypted_response_alg = _key_management()
    userinfo_encrypted_response_enc = _content_encryption()
    introspection_signed_response_alg = _signing()
    introspection_encrypted_response_alg = _key_management()
    introspection_encrypted_response_enc = _content_encryption()
    access_token_format = models.CharField(
        max_length=8, choices=TokenFormat.choices, default=TokenFormat.OPAQUE
    )

    default_acr_values = models.JSONField(default=list, blank=True)
    minimum_acr = models.CharField(max_length=120, blank=True)
    default_max_age = models.PositiveIntegerField(null=True, blank=True, help_text="In seconds.")
    require_auth_time = models.BooleanField(default=False)
    skip_consent = models.BooleanField(
        default=False, help_text="Only for applications of this provider's own organisation."
    )

    backchannel_logout_uri = _uri()
    backchannel_logout_session_required = models.BooleanField(default=False)
    frontchannel_logout_uri = _uri()
    frontchannel_logout_session_required = models.BooleanField(default=False)
    initiate_login_uri = _uri()

    client_uri = _uri()
    logo_uri = _uri()
    policy_uri = _uri()
    tos_uri = _uri()
    contacts = models.JSONField(default=list, blank=True)
    software_id = models.CharField(max_length=255, blank=True)
    software_version = models.CharField(max_length=255, blank=True)
    registered_with = models.ForeignKey(
        "idp.InitialAccessToken",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="clients",
    )
    registration_token_sha256 = models.CharField(max_length=64, blank=True, editable=False)

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
        self.keep_secret(secret)
        return secret

    def settle_secret(self) -> str:
        """Return a new secret if the authentication method has none to go on with, else ''.

        What the method does not use of an old one is forgotten; the caller saves the row.
        """
        if not self.has_secret:
            self.secret_sha256 = ""
        if self.token_endpoint_auth_method != self.AuthMethod.SECRET_JWT:
            self.sealed_secret = b""
        elif not self.sealed_secret:
            return self.new_secret()
        return self.new_secret() if self.has_secret and not self.secret_sha256 else ""

    def keep_secret(self, secret: str) -> None:
        """Store what is needed to check `secret`: its hash, or the secret itself, sealed."""
        self.secret_sha256, self.sealed_secret = opaque.digest(secret), b""
        if self.token_endpoint_auth_method == self.AuthMethod.SECRET_JWT:
            self.sealed_secret = sealing.seal(
                secret.encode(), purpose=sealing.CLIENT_SECRETS, identifier=self.client_id
            )

    def open_secret(self) -> str:
        """Return the secret of a client that signs with it; empty where there is none."""
        sealed = bytes(self.sealed_secret)
        if not sealed:
            return ""
        purpose = sealing.CLIENT_SECRETS
        return sealing.unseal(sealed, purpose=purpose, identifier=self.client_id).decode()

    @property
    def has_secret(self) -> bool:
        """Whether it authenticates by a shared secret."""
        return self.token_endpoint_auth_method in {
            self.AuthMethod.BASIC,
            self.AuthMethod.POST,
            self.AuthMethod.SECRET_JWT,
        }

    @property
    def is_self_registered(self) -> bool:
        """Whether it registered itself, and still can change what it says of itself."""
        return bool(self.registration_token_sha256)

    def metadata(self) -> dict[str, Any]:
        """Return what is registered, by the names of the specifications. RFC 7591 2."""
        found = {name: getattr(self, _field(name)) for name in client_metadata.READERS}
        return {name: value for name, value in found.items() if value not in (None, "")}

    def take(self, metadata: ClientMetadata) -> None:
        """Become the client that `metadata` describe; the caller saves the row."""
        for name in client_metadata.READERS:
            value = getattr(metadata, name)
            setattr(self, _field(name), list(value) if isinstance(value, tuple) else value)
        pairwise = self.subject_type == self.SubjectType.PAIRWISE
        self.sector_identifier = metadata.sector_identifier if pairwise else ""

    def clean(self) -> None:
        """Refuse what a registration over the network would refuse. OIDC.md A1, A4."""
        if not IDENTIFIER.fullmatch(self.client_id):
            raise ValidationError({"client_id": "Letters, digits and . _ ~ - only."})
        try:
            metadata = client_metadata.read(self.metadata())
        except MetadataError as error:
            raise ValidationError({_field(error.member): error.why}) from error
        found: dict[str, list[str]] = {}
        loopback = get_policy().fetch_loopback
        for member, why in client_rules.problems(metadata, loopback=loopback):
            found.setdefault(_field(member), []).append(why)
        if found:
            raise ValidationError(found)
        self.take(metadata)

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
        """Return whether the client may use `response_type`. Registration 2 (grant types)."""
        needed = {
            "authorization_code" if word == "code" else "implicit" for word in response_type.split()
        }
        return response_type in self.response_types and needed <= set(self.grant_types)

    def check_grant_type(self, grant_type: str) -> bool:
        """Return whether the client may use `grant_type`."""
        return grant_type in self.grant_types
