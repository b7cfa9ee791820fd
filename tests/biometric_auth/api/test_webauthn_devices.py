"""WebAuthn Level 3; R-9.3-1, R-9.3-2, R-9.5-9: platform keys as devices, from end to end."""

from __future__ import annotations

import json

import pytest

from biometric_auth.domain.challenge import read_steps
from biometric_auth.models import Device, Transaction
from tests.biometric_auth.agent_double import AgentDouble
from tests.biometric_auth.authenticator_double import AuthenticatorDouble

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])


class PlatformAgent(AgentDouble):
    """The same agent with a platform authenticator for its device key."""

    def __init__(self, **how):
        super().__init__()
        self.authenticator = AuthenticatorDouble(**how)

    def register(self, name="Laptop", **changes):
        asked = self.post("devices/options", {"type": "webauthn", "name": name}).json()
        answer = {
            "registration": asked["registration"],
            "credential": self.authenticator.create(asked["publicKey"]),
        } | changes
        response = self.post("devices", answer)
        if response.status_code == 201:
            self.device = response.json()["device"]
        return response

    def claim(self, **_):
        asked = self.post("claim", {"device": self.device}).json()
        assertion = self.authenticator.get(asked["publicKey"]["challenge"])
        proof = {"type": "webauthn", "assertion": assertion}
        return self.post("claim", {"device": self.device, "proof": proof})

    def message(self, *, proof_over=None, **_):
        frames = self.camera.frames(read_steps(self.claims()["steps"]))
        manifest = json.dumps(self.manifest(frames)).encode()
        assertion = self.authenticator.sign_manifest(proof_over or manifest)
        proof = {"type": "webauthn", "assertion": assertion}
        images = [image for image, _, _ in frames]
        return self.encrypt([manifest, json.dumps(proof).encode(), *images])


def test_a_platform_key_enrols_and_verifies_with_channel_2():
    agent = PlatformAgent()
    agent.enrol()
    agent.reach_claimed()
    assert agent.capture().json()["state"] == "matched"
    result = Transaction.objects.get(pk=agent.handle).result
    assert (result["possession"], result["channel"], result["local_user_verification"]) == (1, 2, 1)
    assert Device.objects.get().sign_count == agent.authenticator.count


def test_the_transaction_names_the_credential_to_use():
    agent = PlatformAgent()
    agent.enrol()
    agent.open()
    (device,) = agent.get().json()["devices"]
    assert device["type"] == "webauthn"
    assert device["credential_id"]


def test_creation_options_ask_for_a_verified_user_and_keep_passkeys_apart():
    agent = PlatformAgent()
    agent.open("enrolment")
    asked = agent.post("devices/options", {"type": "webauthn", "name": "x"}).json()["publicKey"]
    assert asked["rp"]["id"] == "localhost"
    assert asked["attestation"] == "direct"
    chosen = asked["authenticatorSelection"]
    assert chosen["userVerification"] == "required"
    assert chosen["residentKey"] == "discouraged"


@pytest.mark.parametrize(
    "how",
    [{"verified": False}, {"origin": "https://evil.example"}],
    ids=["user-not-verified", "another-origin"],
)
def test_a_registration_that_proves_too_little_is_refused(how):
    agent = PlatformAgent(**how)
    agent.open("enrolment")
    assert agent.register().status_code == 403
    assert not Device.objects.exists()


def test_a_synced_key_counts_as_possession_1():
    agent = PlatformAgent(synced=True)
    agent.open("enrolment")
    assert agent.register().json()["possession"] == 1
    assert Device.objects.get().backup_eligible is True


def test_a_claim_without_user_verification_is_refused():
    agent = PlatformAgent()
    agent.enrol()
    agent.open()
    agent.authenticator.verified = False
    assert agent.claim().status_code == 403


def test_an_assertion_over_another_manifest_is_refused():
    agent = PlatformAgent()
    agent.enrol()
    agent.reach_claimed()
    agent.ask_challenge()
    answer = agent.send(agent.message(proof_over=b"{}")).json()
    assert answer == {"state": "try_again", "attempts_left": 4}


def test_a_copied_authenticator_whose_counter_went_back_is_refused():
    agent = PlatformAgent()
    agent.enrol()
    agent.authenticator.count = 0
    agent.open()
    assert agent.claim().status_code == 403


def test_another_credential_cannot_answer_for_the_device():
    agent = PlatformAgent()
    agent.enrol()
    agent.open()
    agent.authenticator = AuthenticatorDouble()
    assert agent.claim().status_code == 403
