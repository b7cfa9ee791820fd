"""A compact agent that speaks the protocol of AGENT-PROTOCOL.md against the API, for tests.

Every message can be changed on its way: that is what it is for.
"""

from __future__ import annotations

import copy
import hashlib
import json
import secrets
from datetime import timedelta

from django.test import Client
from django.utils import timezone
from joserfc import jwe, jws
from joserfc.jwk import ECKey, OKPKey

from biometric_auth.domain.challenge import read_steps
from biometric_auth.engines.simulated import SimulatedCamera
from biometric_auth.policy import get_policy
from biometric_auth.services import transaction
from biometric_auth.vault import wire

_ENCRYPTION = jwe.JWERegistry(algorithms=["ECDH-ES", "A256GCM", "A128GCM", "DEF"])
_ENCRYPTION.max_ciphertext_length = 10_000_000
_SIGNATURE = jws.JWSRegistry(algorithms=["ES256", "Ed25519", "HS256"])


def open_transaction(*, browser, subject="sub-alice", purpose="authentication", **changes):
    """Start a transaction as the provider or the portal would."""
    values = {
        "purpose": purpose,
        "subject": subject,
        "display_name": "Alice",
        "client_name": "Demo Bank",
        "text": "Pay 10 EUR to Bob",
        "acr": "urn:countersign:acr:loa3:rb",
        "browser": transaction.sha256(browser),
        "resume_url": "/interaction/1/resume",
        "cancel_url": "/interaction/1/choose",
        "expires_at": timezone.now() + timedelta(minutes=15),
        "session_level": 2 if purpose == "enrolment" else 0,
    } | changes
    return transaction.create(**values)


class AgentDouble:
    """One browser with one device key and one (simulated) camera."""

    def __init__(self, who="alice", *, subject="sub-alice", curve="P-256"):
        self.subject, self.who = subject, who
        self.browser = secrets.token_urlsafe(32)
        self.http = Client()
        self.http.cookies[get_policy().browser_cookie_name] = self.browser
        self.camera = SimulatedCamera(who)
        self.alg = "ES256" if curve == "P-256" else "Ed25519"
        self.key = (ECKey if curve == "P-256" else OKPKey).generate_key(curve)
        self.device = ""
        self.handle = ""
        self.challenge = ""
        self.encryption_key = ECKey.generate_key("P-256")

    # The calls.

    def open(self, purpose="authentication", **changes):
        self.handle = open_transaction(
            browser=self.browser, subject=self.subject, purpose=purpose, **changes
        )
        return self.handle

    def get(self):
        return self.http.get(self._url(""))

    def post(self, call, body=None):
        return self.http.post(
            self._url(f"/{call}"), json.dumps(body or {}), content_type="application/json"
        )

    def consent(self, language="en"):
        version = self.get().json()["consent"]["version"]
        return self.post("consent", {"version": version, "language": language})

    def register(self, name="Test phone", **changes):
        asked = self.post("devices/options", {"type": "jws", "name": name}).json()
        statement = self.sign(
            {"txn": self.handle, "nonce": asked["nonce"]}, typ="countersign-device+jwt"
        )
        answer = {
            "registration": asked["registration"],
            "jwk": self.key.as_dict(private=False),
            "proof": statement,
        } | changes
        response = self.post("devices", answer)
        if response.status_code == 201:
            self.device = response.json()["device"]
        return response

    def claim(self, **changes):
        asked = self.post("claim", {"device": self.device})
        if asked.status_code != 200:
            return asked
        claims = {"txn": self.handle, "nonce": asked.json()["nonce"]} | changes
        statement = self.sign(claims, typ="countersign-claim+jwt")
        proof = {"type": "jws", "jws": statement}
        return self.post("claim", {"device": self.device, "proof": proof})

    def ask_challenge(self):
        response = self.post("challenge")
        if response.status_code == 200:
            body = response.json()
            self.challenge = body["challenge"]
            self.encryption_key = ECKey.import_key(body["jwks"]["keys"][0])
        return response

    def send(self, message):
        return self.http.post(
            self._url("/capture"), message.encode(), content_type="application/jose"
        )

    def capture(self, **how):
        """Ask for a challenge, answer it, and return the response."""
        self.ask_challenge()
        return self.send(self.message(**how))

    def enrol(self, **changes):
        """Go through a whole enrolment."""
        self.open("enrolment", **changes)
        self.consent()
        if not self.device:
            assert self.register().status_code == 201
        assert self.claim().status_code == 200
        for _ in range(3):
            last = self.capture()
        assert last.json()["state"] == "enrolled", last.json()
        return last

    def reach_claimed(self, **changes):
        self.open(**changes)
        assert self.claim().json() == {"state": "claimed"}

    # The messages.

    def claims(self):
        return json.loads(jws.extract_compact(self.challenge.encode()).payload)

    def manifest(self, frames):
        issued = self.claims()["iat"] * 1000
        return {
            "txn": self.handle,
            "challenge_sha256": hashlib.sha256(self.challenge.encode()).hexdigest(),
            "device": self.device,
            "frames": [
                {"sha256": hashlib.sha256(image).hexdigest(), "at_ms": at_ms, "step": step}
                for image, at_ms, step in frames
            ],
            "intent": {"action": "approve", "at": issued},
            "started_at": issued,
            "ended_at": issued + frames[-1][1],
            "agent": {"name": "double", "version": "1", "build_sha256": ""},
            "signals": {},
        }

    def message(self, *, change=None, still=False, images=None, key=None, header=None, proof=None):
        """Return a capture; `change` edits the manifest before it is signed."""
        frames = self.camera.frames(read_steps(self.claims()["steps"]), still=still)
        manifest = copy.deepcopy(self.manifest(frames))
        if change is not None:
            manifest = change(manifest) or manifest
        signed = json.dumps(manifest).encode()
        parts = [
            signed,
            json.dumps(proof or self.detached(signed, key=key)).encode(),
            *(images if images is not None else [image for image, _, _ in frames]),
        ]
        return self.encrypt(parts, header=header)

    def encrypt(self, parts, *, header=None):
        plaintext = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        protected = {
            "alg": "ECDH-ES",
            "enc": "A256GCM",
            "kid": self.claims()["enc"],
            "cty": "countersign-capture",
        } | (header or {})
        return jwe.encrypt_compact(protected, plaintext, self.encryption_key, registry=_ENCRYPTION)

    def detached(self, payload, *, key=None):
        header = {"alg": self.alg, "b64": False, "crit": ["b64"]}
        compact = jws.serialize_compact(header, payload, key or self.key, registry=_SIGNATURE)
        head, _, signature = compact.split(".") if compact.count(".") == 2 else _ends(compact)
        return {"type": "jws", "jws": f"{head}..{signature}"}

    def sign(self, claims, *, typ, key=None):
        header = {"alg": self.alg, "typ": typ}
        payload = json.dumps(claims)
        return jws.serialize_compact(header, payload, key or self.key, registry=_SIGNATURE)

    def _url(self, call):
        return f"/biometric/v1/transactions/{self.handle}{call}"


def _ends(compact):
    head, _, rest = compact.partition(".")
    return head, "", rest.rpartition(".")[2]


def capture_bytes():
    """Return the bound of a capture."""
    return wire.MAX_CAPTURE_BYTES
