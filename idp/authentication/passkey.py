"""Passkeys: WebAuthn credentials of the provider's own origin. WebAuthn Level 3; R-5.2-3.

The challenge is kept on the server, used once, and bound to the handle of the started
authentication. User verification is required: a passkey is a possession and an unlock.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

from django.core.cache import cache
from django.utils import timezone
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    options_to_json,
    verify_authentication_response,
)
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import generate_challenge, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from idp.authentication import authenticators, cooling_off, results
from idp.contract import (
    AuthenticationRequest,
    AuthenticationResult,
    Evidence,
    StartedAuthentication,
    Subject,
)
from idp.models import Passkey, SecurityEvent
from idp.policy import get_policy
from idp.protocol import opaque

CHALLENGE_LIFETIME = timedelta(minutes=5)


class PasskeyMethod:
    """Implements `idp.contract.AuthenticationMethod`; its page is ``passkey``."""

    name = "passkey"
    label = "Passkey"
    opens_session = True
    is_biometric = False

    def potential(self, subject: Subject) -> Evidence | None:
        """Return the evidence of the person's strongest passkey."""
        rows = Passkey.objects.filter(user__subject=subject.identifier)
        shown = [evidence(row, user_verified=True) for row in rows]
        return max(shown, key=lambda one: (one.possession, one.enrolment), default=None)

    def start(self, request: AuthenticationRequest) -> StartedAuthentication:
        """Send the browser to the passkey page, or to the login page that has a button for it."""
        page = "passkey" if request.subject else "login"
        return StartedAuthentication(
            url=urljoin(request.resume_url, page), handle=secrets.token_urlsafe(32)
        )

    def collect(self, handle: str, receipt: str) -> AuthenticationResult | None:
        """Return the result of a verified assertion once."""
        return results.take(handle, receipt)


def evidence(row: Passkey, *, user_verified: bool) -> Evidence:
    """Return what an assertion of this credential shows. ASSURANCE.md, "Inputs"."""
    return Evidence(
        possession=authenticators.possession(row),
        channel=2,
        local_user_verification=int(user_verified),
        intent=1,
        enrolment=row.enrolment,
        cooling_off=cooling_off.of_key(row),
    )


def relying_party_id() -> str:
    """Return the RP ID: the issuer's host. WebAuthn 4, "Relying Party Identifier"."""
    return urlsplit(get_policy().issuer).hostname or ""


def origin() -> str:
    """Return the origin that credentials must name."""
    parts = urlsplit(get_policy().issuer)
    return f"{parts.scheme}://{parts.netloc}"


def keep_challenge(handle: str) -> bytes:
    """Draw a challenge and keep it on the server under `handle`."""
    challenge = generate_challenge()
    cache.set(_key(handle), challenge, CHALLENGE_LIFETIME.total_seconds())
    return challenge


def take_challenge(handle: str) -> bytes | None:
    """Return the challenge of `handle`, once."""
    challenge: bytes | None = cache.get(_key(handle))
    return challenge if challenge and cache.delete(_key(handle)) else None


def request_options(*, handle: str, subject: Subject | None) -> str:
    """Return the options for ``navigator.credentials.get`` as JSON.

    Without a subject none of the account's credentials are listed: the authenticator offers
    what it discovers, and nobody learns which accounts exist.
    """
    rows = Passkey.objects.filter(user__subject=subject.identifier) if subject else ()
    return options_to_json(
        generate_authentication_options(
            rp_id=relying_party_id(),
            challenge=keep_challenge(handle),
            allow_credentials=[
                PublicKeyCredentialDescriptor(id=bytes(row.credential_id)) for row in rows
            ],
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def submit(*, handle: str, credential: str) -> str:
    """Verify an assertion; return the receipt for the result, or an empty string."""
    challenge = take_challenge(handle)
    if challenge is None:
        return ""
    try:
        given = parse_authentication_credential_json(credential)
        row = _owner(given)
        if row is None:
            return _refused("")
        verified = verify_authentication_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=relying_party_id(),
            expected_origin=origin(),
            credential_public_key=bytes(row.public_key),
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return _refused("")
    if not _used(row, verified):
        return _refused(row.user.subject)
    return results.keep(
        handle,
        AuthenticationResult(
            subject=row.user.subject,
            amr=frozenset({"pop"}),
            at=timezone.now(),
            evidence=evidence(row, user_verified=verified.user_verified),
        ),
    )


def _owner(given: AuthenticationCredential) -> Passkey | None:
    """Return the credential's row; the handle, where given, must be its person's."""
    row = (
        Passkey.objects.filter(credential_id=base64url_to_bytes(given.id), user__is_active=True)
        .select_related("user")
        .first()
    )
    handle = given.response.user_handle
    if row is not None and handle and handle != user_handle(row.user.subject):
        return None
    return row


def user_handle(subject: str) -> bytes:
    """Return the WebAuthn user handle: the opaque subject identifier, no name."""
    return subject.encode()


def _used(row: Passkey, verified: VerifiedAuthentication) -> bool:
    """Write an assertion down by one guarded UPDATE.

    False when another request has moved the counter on, or when a credential that was bound to
    its device may be backed up now, or the reverse: then it is another one. WebAuthn 7.2.
    """
    same = Passkey.objects.filter(
        pk=row.pk, sign_count=row.sign_count, backup_eligible=is_backup_eligible(verified)
    )
    used = {"backed_up": verified.credential_backed_up, "last_used_at": timezone.now()}
    return bool(same.update(sign_count=verified.new_sign_count, **used))


def is_backup_eligible(verified: VerifiedAuthentication | VerifiedRegistration) -> bool:
    """Tell whether the credential may leave its device. WebAuthn 6.1.3."""
    return verified.credential_device_type is CredentialDeviceType.MULTI_DEVICE


def _refused(subject: str) -> str:
    SecurityEvent.record("sign_in.failed", subject=subject, method=PasskeyMethod.name)
    return ""


def _key(handle: str) -> str:
    return f"idp:passkey:{opaque.digest(handle)}"
