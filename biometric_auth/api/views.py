"""The calls of the authentication agent. AGENT-PROTOCOL; each view parses, asks, answers."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_safe
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from webauthn.helpers import bytes_to_base64url

from biometric_auth import tasks
from biometric_auth.api import serializers as wire
from biometric_auth.api.metadata import describe
from biometric_auth.api.parsers import CaptureParser
from biometric_auth.api.problems import CONTENT_TYPE, problem_of
from biometric_auth.api.view_base import TransactionAPI, browser_of, message_of, read
from biometric_auth.domain.errors import BiometricError
from biometric_auth.domain.workflow import Purpose
from biometric_auth.engines import load_engine
from biometric_auth.models import Device
from biometric_auth.policy import get_policy
from biometric_auth.services import capture, challenge, claim, consent, devices, transaction


@require_safe
@cache_control(public=True, max_age=300)
def metadata(_request: HttpRequest) -> JsonResponse:
    """``/.well-known/biometric-authentication``. AGENT-PROTOCOL, "Metadata"."""
    try:
        return JsonResponse(describe())
    except BiometricError as error:
        status = HTTPStatus.SERVICE_UNAVAILABLE
        body = problem_of(status, error.code, error.description)
        return JsonResponse(body, status=status, content_type=CONTENT_TYPE)


class TransactionView(TransactionAPI):
    """What the agent shows before anybody agrees to anything. R-6.2.3-3."""

    @extend_schema(responses=wire.TransactionView)
    def get(self, request: Request, handle: uuid.UUID) -> Response:
        """Return who asks, what for, and how far the transaction is."""
        row = transaction.find(handle=handle, browser=browser_of(request))
        enrolment = row.purpose == Purpose.ENROLMENT.value
        mine = devices.in_use(subject=row.subject).filter(kind__in=row.policy.device_kinds)
        body = {
            "state": transaction.state_now(row).value,
            "purpose": row.purpose,
            "workflow": row.workflow,
            "client": {"name": row.client_name},
            "text": row.text,
            "acr": row.acr,
            "level": row.session_level,
            "captures_done": row.captures_done,
            "captures_needed": row.policy.captures if enrolment else 1,
            "attempts_left": row.attempts_left,
            "consent": {
                "needed": enrolment and row.consented_at is None,
                "text": row.policy.consent_text if enrolment else "",
                "version": row.policy.consent_version if enrolment else "",
            },
            "expires_at": row.expires_at,
            "devices": [_device(one) for one in mine],
            "cancel_url": row.cancel_url,
        }
        return Response(body)


class DeviceOptionsView(TransactionAPI):
    """Open the registration of a device, within an enrolment."""

    @extend_schema(request=wire.DeviceOptionsRequest, responses=wire.DeviceOptions)
    def post(self, request: Request, handle: uuid.UUID) -> Response:
        """Return what the device must answer."""
        asked = read(wire.DeviceOptionsRequest, request)
        offer = devices.offer(
            handle=handle, browser=browser_of(request), kind=asked["type"], name=asked["name"]
        )
        body: dict[str, Any] = {"registration": offer.registration}
        if offer.public_key is None:
            return Response(body | {"nonce": offer.nonce})
        return Response(body | {"publicKey": offer.public_key})


class DevicesView(TransactionAPI):
    """Bind the device that answers."""

    @extend_schema(request=wire.DeviceRequest, responses={201: wire.RegisteredDevice})
    def post(self, request: Request, handle: uuid.UUID) -> Response:
        """Return the new device."""
        answer = read(wire.DeviceRequest, request)
        device = devices.register(
            handle=handle,
            browser=browser_of(request),
            registration=answer["registration"],
            answer=answer,
        )
        body = {"device": str(device.pk), "type": device.kind, "possession": device.possession}
        return Response(body, status=HTTPStatus.CREATED)


class ConsentView(TransactionAPI):
    """Write the consent receipt, before the camera opens. R-10-1."""

    @extend_schema(request=wire.ConsentRequest, responses={204: None})
    def post(self, request: Request, handle: uuid.UUID) -> Response:
        """Answer with nothing."""
        given = read(wire.ConsentRequest, request)
        consent.give(
            handle=handle,
            browser=browser_of(request),
            version=given["version"],
            language=given["language"],
        )
        return Response(status=HTTPStatus.NO_CONTENT)


class ClaimView(TransactionAPI):
    """Claim with a device proof: first the nonce, then the signature over it. R-6.2.3-2."""

    @extend_schema(request=wire.ClaimRequest, responses=wire.ClaimAnswer)
    def post(self, request: Request, handle: uuid.UUID) -> Response:
        """Return the nonce, or that the transaction is claimed."""
        asked = read(wire.ClaimRequest, request)
        browser, device_id = browser_of(request), asked["device"]
        if "proof" in asked:
            claim.prove(handle=handle, browser=browser, device_id=device_id, proof=asked["proof"])
            return Response({"state": "claimed"})
        offer = claim.offer(handle=handle, browser=browser, device_id=device_id)
        body: dict[str, Any] = {"nonce": offer.nonce}
        if offer.public_key is not None:
            body["publicKey"] = offer.public_key
        return Response(body)


class ChallengeView(TransactionAPI):
    """Issue a fresh challenge."""

    @extend_schema(request=wire.Nothing, responses=wire.ChallengeAnswer)
    def post(self, request: Request, handle: uuid.UUID) -> Response:
        """Return the signed challenge and the encryption keys."""
        issued = challenge.issue(handle=handle, browser=browser_of(request))
        return Response({"challenge": issued.challenge, "jwks": issued.encryption_jwks})


class CaptureView(TransactionAPI):
    """Take one capture."""

    parser_classes = (CaptureParser,)

    @extend_schema(request={"application/jose": OpenApiTypes.BINARY}, responses=wire.CaptureResult)
    @sensitive_variables()
    def post(self, request: Request, handle: uuid.UUID) -> Response:
        """Return the state and nothing that tells why."""
        policy = get_policy()
        answer = capture.submit(
            handle=handle,
            browser=browser_of(request),
            message=message_of(request),
            engine=load_engine(policy.engine, policy.model_dir),
        )
        tasks.erase_soon(answer.erase)
        told = {
            "state": answer.state.value,
            "attempts_left": answer.attempts_left,
            "captures_done": answer.captures_done,
            "continue_to": answer.continue_to or None,
        }
        return Response({name: value for name, value in told.items() if value is not None})


class DenyView(TransactionAPI):
    """Say "not me": as easy as to approve. R-6.4-6."""

    @extend_schema(request=wire.Nothing, responses=wire.DenyAnswer)
    def post(self, request: Request, handle: uuid.UUID) -> Response:
        """Return where the browser goes."""
        continue_to = transaction.deny(handle=handle, browser=browser_of(request))
        return Response({"state": "cancelled", "continue_to": continue_to})


def _device(device: Device) -> dict[str, str]:
    shown = {"id": str(device.pk), "type": device.kind}
    if device.credential_id:
        shown["credential_id"] = bytes_to_base64url(bytes(device.credential_id))
    return shown
