"""A platform authenticator in software, for tests. WebAuthn Level 3, 6.1, 6.5 (no attestation)."""

from __future__ import annotations

import hashlib
import json
import secrets

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

_PRESENT, _VERIFIED, _BACKUP_ELIGIBLE, _BACKED_UP, _ATTESTED = 1, 4, 8, 16, 64


class AuthenticatorDouble:
    """Makes one credential and signs with it; every check of the server can be provoked."""

    def __init__(self, *, origin="http://localhost:8000", verified=True, synced=False):
        self.origin, self.verified, self.synced = origin, verified, synced
        self.rp_id = "localhost"
        self.credential_id = secrets.token_bytes(32)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.count = 0

    def create(self, options):
        """Answer creation options."""
        numbers = self.key.public_key().public_numbers()
        public = {
            1: 2,
            3: -7,
            -1: 1,
            -2: numbers.x.to_bytes(32, "big"),
            -3: numbers.y.to_bytes(32, "big"),
        }
        attested = (
            bytes(16)
            + len(self.credential_id).to_bytes(2, "big")
            + self.credential_id
            + cbor2.dumps(public)
        )
        data = self._data(_ATTESTED) + attested
        statement = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options["challenge"])
        return self._credential(
            {
                "clientDataJSON": bytes_to_base64url(client),
                "attestationObject": bytes_to_base64url(statement),
            }
        )

    def get(self, challenge):
        """Sign `challenge` (base64url)."""
        self.count += 1
        data, client = self._data(0), self._client("webauthn.get", challenge)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._credential(
            {
                "clientDataJSON": bytes_to_base64url(client),
                "authenticatorData": bytes_to_base64url(data),
                "signature": bytes_to_base64url(signature),
            }
        )

    def sign_manifest(self, manifest):
        """Sign the bytes of a manifest: the challenge is their hash. AGENT-PROTOCOL 4."""
        return self.get(bytes_to_base64url(hashlib.sha256(manifest).digest()))

    def _data(self, flags):
        flags |= _PRESENT | (_VERIFIED if self.verified else 0)
        flags |= (_BACKUP_ELIGIBLE | _BACKED_UP) if self.synced else 0
        rp = hashlib.sha256(self.rp_id.encode()).digest()
        return rp + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind, challenge):
        assert base64url_to_bytes(challenge)
        said = {"type": kind, "challenge": challenge, "origin": self.origin}
        return json.dumps(said | {"crossOrigin": False}).encode()

    def _credential(self, response):
        name = bytes_to_base64url(self.credential_id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {},
        }
