"""What each message holds: the shapes of the wire, and of the OpenAPI document. AGENT-PROTOCOL.

No serializer names a score, a template or a reason of refusal, so none can leave this way.
"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class Message(serializers.Serializer[Any]):
    """A JSON object of the protocol."""


class DeviceOptionsRequest(Message):
    """Which kind of key, and what the person calls the device."""

    type = serializers.ChoiceField(choices=["webauthn", "jws"])
    name = serializers.CharField(max_length=80)


class DeviceOptions(Message):
    """What a new device answers."""

    registration = serializers.CharField()
    nonce = serializers.CharField(required=False)
    publicKey = serializers.DictField(required=False)  # noqa: N815 - WebAuthn's own name


class DeviceRequest(Message):
    """A new device's answer."""

    registration = serializers.CharField(max_length=64)
    credential = serializers.DictField(required=False)
    jwk = serializers.DictField(required=False)
    proof = serializers.CharField(required=False, max_length=4096)


class RegisteredDevice(Message):
    """The device that was bound."""

    device = serializers.UUIDField()
    type = serializers.CharField()
    possession = serializers.IntegerField()


class ClaimRequest(Message):
    """Which device claims; with its proof the second time."""

    device = serializers.UUIDField()
    proof = serializers.DictField(required=False)


class ClaimAnswer(Message):
    """The nonce to sign, or that the transaction is claimed."""

    state = serializers.CharField(required=False)
    nonce = serializers.CharField(required=False)
    publicKey = serializers.DictField(required=False)  # noqa: N815 - WebAuthn's own name


class ConsentRequest(Message):
    """Which wording was accepted, in which language."""

    version = serializers.CharField(max_length=64)
    language = serializers.RegexField(r"^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$", max_length=35)


class Nothing(Message):
    """An empty object."""


class ChallengeAnswer(Message):
    """The signed challenge and the keys to encrypt its answer to."""

    challenge = serializers.CharField()
    jwks = serializers.DictField()


class CaptureResult(Message):
    """What a capture came to: one shape for every refusal."""

    state = serializers.ChoiceField(
        choices=["matched", "enrolled", "next_capture", "try_again", "refused"]
    )
    attempts_left = serializers.IntegerField(required=False)
    captures_done = serializers.IntegerField(required=False)
    continue_to = serializers.CharField(required=False)


class DenyAnswer(Message):
    """The end, and where the browser goes."""

    state = serializers.CharField()
    continue_to = serializers.CharField()


class ClientView(Message):
    """Who asks."""

    name = serializers.CharField()


class ConsentView(Message):
    """The wording that must be accepted first."""

    needed = serializers.BooleanField()
    text = serializers.CharField()
    version = serializers.CharField()


class DeviceView(Message):
    """A device of the person."""

    id = serializers.UUIDField()
    type = serializers.CharField()
    credential_id = serializers.CharField(required=False)


class TransactionView(Message):
    """Who asks, what for, and how far it is."""

    state = serializers.CharField()
    purpose = serializers.CharField()
    workflow = serializers.CharField()
    client = ClientView()
    text = serializers.CharField()
    acr = serializers.CharField()
    level = serializers.IntegerField()
    captures_done = serializers.IntegerField()
    captures_needed = serializers.IntegerField()
    attempts_left = serializers.IntegerField()
    consent = ConsentView()
    expires_at = serializers.DateTimeField()
    devices = DeviceView(many=True)
    cancel_url = serializers.CharField()


class Problem(Message):
    """A problem document."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
