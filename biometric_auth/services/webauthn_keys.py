"""Device keys in a platform authenticator. WebAuthn Level 3, 7.1 and 7.2; R-9.3-1, R-9.3-2.

Attestation is asked for and counts only up to a configured root; without one, or with a key
that may be backed up, possession is 1. User verification is always required.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import webauthn
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AttestationFormat,
    AuthenticatorAttachment,
    AuthenticatorSelectionCriteria,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from biometric_auth.domain.errors import ProofRefused
from biometric_auth.models import Device
from biometric_auth.policy import get_policy

_ALGORITHMS = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
_BROKEN = (WebAuthnException, ValueError, TypeError, KeyError, AttributeError)


@dataclass(frozen=True, slots=True)
class NewCredential:
    """A credential whose registration was verified."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    possession: int
    backup_eligible: bool
    model: str


def registration_options(
    *, subject: str, display_name: str, nonce: str, known: Sequence[bytes]
) -> dict[str, Any]:
    """Return creation options whose challenge is `nonce`."""
    policy = get_policy()
    options = webauthn.generate_registration_options(
        rp_id=policy.rp_id,
        rp_name="Countersign",
        # Not the provider's user handle: a device key must not replace a passkey (R-9.3-1).
        user_id=hashlib.sha256(b"countersign-device:" + subject.encode()).digest(),
        user_name=display_name or "person",
        challenge=base64url_to_bytes(nonce),
        attestation=AttestationConveyancePreference.DIRECT,
        authenticator_selection=AuthenticatorSelectionCriteria(
            authenticator_attachment=AuthenticatorAttachment.PLATFORM,
            resident_key=ResidentKeyRequirement.DISCOURAGED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
        supported_pub_key_algs=_ALGORITHMS,
    )
    return dict(json.loads(webauthn.options_to_json(options)))


def verify_registration(*, credential: Mapping[str, Any], nonce: str) -> NewCredential:
    """Return the new credential.

    Raises:
        ProofRefused: the response does not answer `nonce` at this origin with the user verified.
    """
    policy = get_policy()
    roots = _roots(policy.attestation_roots)
    try:
        verified = webauthn.verify_registration_response(
            credential=dict(credential),
            expected_challenge=base64url_to_bytes(nonce),
            expected_rp_id=policy.rp_id,
            expected_origin=policy.origin,
            require_user_verification=True,
            supported_pub_key_algs=_ALGORITHMS,
            pem_root_certs_bytes_by_fmt=roots,
        )
    except _BROKEN as error:
        raise ProofRefused from error
    backup_eligible = verified.credential_device_type is CredentialDeviceType.MULTI_DEVICE
    attested = verified.fmt in roots and not backup_eligible
    return NewCredential(
        credential_id=verified.credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        possession=2 if attested else 1,
        backup_eligible=backup_eligible,
        model=verified.aaguid,
    )


def request_options(*, device: Device, nonce: str) -> dict[str, Any]:
    """Return request options for exactly this device's credential."""
    options = webauthn.generate_authentication_options(
        rp_id=get_policy().rp_id,
        challenge=base64url_to_bytes(nonce),
        allow_credentials=[PublicKeyCredentialDescriptor(id=bytes(device.credential_id or b""))],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(json.loads(webauthn.options_to_json(options)))


def verify_assertion(*, device: Device, assertion: Mapping[str, Any], challenge: bytes) -> int:
    """Return the new signature counter.

    Raises:
        ProofRefused: not this credential, not this challenge, or the user was not verified.
    """
    policy = get_policy()
    try:
        if base64url_to_bytes(str(assertion["rawId"])) != bytes(device.credential_id or b""):
            raise ProofRefused
        verified = webauthn.verify_authentication_response(
            credential=dict(assertion),
            expected_challenge=challenge,
            expected_rp_id=policy.rp_id,
            expected_origin=policy.origin,
            credential_public_key=bytes(device.public_key),
            credential_current_sign_count=device.sign_count,
            require_user_verification=True,
        )
    except _BROKEN as error:
        raise ProofRefused from error
    return verified.new_sign_count


def _roots(configured: Mapping[str, Sequence[str | Path]]) -> dict[AttestationFormat, list[bytes]]:
    return {
        AttestationFormat(name): [Path(path).read_bytes() for path in paths]
        for name, paths in configured.items()
        if paths
    }
