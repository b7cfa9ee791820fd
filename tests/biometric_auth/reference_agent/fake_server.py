"""The server's side of the table of messages: it checks with the server's own JOSE code.

The agent signs and encrypts with its own implementation, so each message that is understood
here is an interoperation of two.
"""

from __future__ import annotations

import hashlib
import json
import time
from datetime import UTC, datetime, timedelta

from biometric_auth.domain.capture_message import ExpectedCapture, read_object, read_sample
from biometric_auth.reference_agent.browser import Page
from biometric_auth.vault import keyring, wire

ISSUER = "http://provider.test"
TXN = "0b0e3c9e-6d0c-4f0e-9b34-3c1f2f0e8a11"
STEPS = [{"kind": "pose", "turn": turn} for turn in ("centre", "left", "centre", "right")]


class FakeServer:
    """Answers `Browser.send` and `Browser.get`; `change` falsifies the next challenge."""

    def __init__(self, folder):
        self.key_ring = keyring.load(folder / "keyring.json")
        self.purpose = "authentication"
        self.text = "Transfer € 12.50 to Harbour Bakery"
        self.known = {}
        self.answers = ["matched"]
        self.change = {}
        self.typ = wire.CHALLENGE_TYPE
        self.issuer = ISSUER
        self.calls = []
        self.samples = []
        self.manifests = []
        self.date = None
        self.device = ""
        self.cookies = []

    def get(self, url):
        return self.send("GET", url)

    def put_cookie(self, *cookie):
        self.cookies.append(cookie)

    def send(self, method, url, body=None, headers=None):
        path = url.removeprefix(ISSUER)
        self.calls.append((method, path.rpartition("/")[2]))
        if path == "/.well-known/biometric-authentication":
            return self._page(self._metadata())
        call = path.removeprefix(f"/biometric/v1/transactions/{TXN}").strip("/")
        if call == "capture":
            assert headers["Content-Type"] == "application/jose"
            return self._page(self._capture(body))
        said = json.loads(body) if body else {}
        answers = {
            "": self._look,
            "devices/options": self._options,
            "devices": self._register,
            "consent": self._consent,
            "claim": self._claim,
            "challenge": self._challenge,
            "deny": lambda _: {"state": "cancelled", "continue_to": f"{ISSUER}/choose"},
        }
        return self._page(answers[call](said))

    def _page(self, answer):
        status, value = answer if isinstance(answer, tuple) else (200, answer)
        headers = {} if self.date is None else {"date": self.date}
        return Page(ISSUER, status, headers, b"" if value is None else json.dumps(value).encode())

    def _metadata(self):
        return {"issuer": self.issuer, "challenge_jwks": self.key_ring.challenge_jwks()}

    def _look(self, _):
        return {
            "purpose": self.purpose,
            "client": {"name": "Northwind Bank"},
            "text": self.text,
            "captures_needed": 3 if self.purpose == "enrolment" else 1,
            "consent": {
                "needed": self.purpose == "enrolment",
                "text": "I agree.",
                "version": "1-abc",
            },
            "devices": [{"id": name, "type": "jws"} for name in self.known],
        }

    def _consent(self, said):
        assert said == {"version": "1-abc", "language": "en"}
        return 204, None

    def _options(self, said):
        assert said["type"] == "jws"
        return {"nonce": "n-device", "registration": "r-1"}

    def _register(self, said):
        key = wire.import_device_key(said["jwk"])
        claims = wire.verify_statement(said["proof"], key=key, typ="countersign-device+jwt")
        assert claims == {"txn": TXN, "nonce": "n-device"}
        assert said["registration"] == "r-1"
        self.known["device-1"] = key
        return 201, {"device": "device-1", "type": "jws", "possession": 1}

    def _claim(self, said):
        if said["device"] not in self.known:
            return 403, {"code": "proof_refused", "detail": "The device did not prove itself."}
        self.device = said["device"]
        if "proof" not in said:
            return {"nonce": "n-claim"}
        claims = wire.verify_statement(
            said["proof"]["jws"], key=self.known[self.device], typ="countersign-claim+jwt"
        )
        assert claims == {"txn": TXN, "nonce": "n-claim"}
        return {"state": "claimed"}

    def _challenge(self, _):
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": self.device,
            "txn": TXN,
            "nonce": "n" * 32,
            "client": {"name": "Northwind Bank"},
            "purpose": self.purpose,
            "text": self.text,
            "text_sha256": hashlib.sha256(self.text.encode()).hexdigest(),
            "acr": "urn:countersign:acr:loa3:rb",
            "enc": self.key_ring.current.encryption_key.kid,
            "steps": STEPS,
            "iat": now,
            "exp": now + 120,
        } | self.change
        self.jws = wire.sign_claims(claims, key_ring=self.key_ring, typ=self.typ)
        self.issued_at = datetime.fromtimestamp(now, UTC)
        return {"challenge": self.jws, "jwks": self.key_ring.encryption_jwks()}

    def _capture(self, message):
        kid = str(self.key_ring.current.encryption_key.kid)
        manifest, proof, *images = wire.decrypt_capture(message, key_ring=self.key_ring, kid=kid)
        statement = read_object(proof)
        assert statement["type"] == "jws"
        key = self.known[self.device]
        wire.verify_detached(statement["jws"], payload=manifest, key=key)
        expected = ExpectedCapture(
            transaction=TXN,
            challenge_sha256=hashlib.sha256(self.jws.encode()).hexdigest(),
            device=self.device,
            steps=len(STEPS),
            issued_at=self.issued_at,
            expires_at=self.issued_at + timedelta(seconds=120),
            arrived_at=datetime.now(UTC) + timedelta(seconds=3),
        )
        self.samples.append(read_sample(manifest, images, expected=expected))
        self.manifests.append(json.loads(manifest))
        state = self.answers.pop(0)
        told = {"state": state, "attempts_left": 2}
        if state in {"matched", "enrolled"}:
            told["continue_to"] = f"{ISSUER}/resume?receipt=r"
        return told


class StubCamera:
    """Two different 'frames' a step, without any picture in them."""

    def __init__(self, size=900):
        self.size = size
        self.filmed = []

    def frames(self, steps, *, still=False):
        self.filmed.append((tuple(steps), still))
        return [
            (f"{index}-{number}".encode() * self.size, 1 + index * 200 + number * 90, index)
            for index, _ in enumerate(steps)
            for number in range(2)
        ]
