"""A software authenticator for tests: makes and uses passkeys. WebAuthn Level 3, 6.1, 6.5."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url, encode_cbor

PRESENT, VERIFIED, BACKUP_ELIGIBLE, BACKED_UP, ATTESTED = 0x01, 0x04, 0x08, 0x10, 0x40


class SoftwareAuthenticator:
    """One passkey that signs whatever it is asked: synced, as a phone's, unless told otherwise.

    `attest` makes the attestation of what is signed, as format and statement.
    """

    def __init__(
        self,
        *,
        origin="http://localhost:8000",
        rp_id="localhost",
        verifies=True,
        synced=True,
        aaguid=bytes(16),
        attest=None,
    ):
        self.synced = synced
        self.aaguid = aaguid
        self.attest = attest
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = secrets.token_bytes(32)
        self.origin = origin
        self.rp_id = rp_id
        self.verifies = verifies
        self.sign_count = 0
        self.user_handle = b""

    def create(self, options):
        """Return the registration response for creation options (JSON text)."""
        asked = json.loads(options)
        self.user_handle = _bytes(asked["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        public_key = encode_cbor(
            {
                1: 2,
                3: -7,
                -1: 1,
                -2: numbers.x.to_bytes(32, "big"),
                -3: numbers.y.to_bytes(32, "big"),
            }
        )
        credential = (
            self.aaguid
            + len(self.credential_id).to_bytes(2, "big")
            + self.credential_id
            + public_key
        )
        data = self._data(ATTESTED) + credential
        client_data = self._client_data("webauthn.create", asked["challenge"])
        fmt, statement = "none", {}
        if self.attest:
            fmt, statement = self.attest(data + hashlib.sha256(client_data).digest())
        attestation = encode_cbor({"fmt": fmt, "attStmt": statement, "authData": data})
        return self._answer({"clientDataJSON": client_data, "attestationObject": attestation})

    def sign(self, message):
        """Sign with the credential's key."""
        return self.key.sign(message, ec.ECDSA(hashes.SHA256()))

    def get(self, options):
        """Return the authentication response for request options (JSON text)."""
        asked = json.loads(options)
        self.sign_count += 1
        data = self._data(0)
        client_data = self._client_data("webauthn.get", asked["challenge"])
        signed = data + hashlib.sha256(client_data).digest()
        return self._answer(
            {
                "clientDataJSON": client_data,
                "authenticatorData": data,
                "signature": self.sign(signed),
                "userHandle": self.user_handle,
            }
        )

    def _data(self, more):
        flags = PRESENT | more | (VERIFIED if self.verifies else 0)
        flags |= (BACKUP_ELIGIBLE | BACKED_UP) if self.synced else 0
        return (
            hashlib.sha256(self.rp_id.encode()).digest()
            + bytes([flags])
            + self.sign_count.to_bytes(4, "big")
        )

    def _client_data(self, kind, challenge):
        return json.dumps(
            {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        ).encode()

    def _answer(self, response):
        identifier = bytes_to_base64url(self.credential_id)
        return json.dumps(
            {
                "id": identifier,
                "rawId": identifier,
                "type": "public-key",
                "clientExtensionResults": {},
                "response": {name: bytes_to_base64url(value) for name, value in response.items()},
            }
        )


def _bytes(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
