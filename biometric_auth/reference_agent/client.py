"""The authentication agent as a library: one transaction, message by message. AGENT-PROTOCOL.

Read `Agent` from top to bottom: it is the order in which the messages go. The agent detects,
the server judges: no answer says more than its state.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from biometric_auth.domain.challenge import Step
from biometric_auth.reference_agent import challenge as challenges
from biometric_auth.reference_agent import device as devices
from biometric_auth.reference_agent import envelope
from biometric_auth.reference_agent.browser import Browser, Page, Unreachable, server_time
from biometric_auth.reference_agent.challenge import Challenge, Expected
from biometric_auth.reference_agent.device import Device
from biometric_auth.reference_agent.envelope import Capture, CapturedFrame

METADATA = "/.well-known/biometric-authentication"
API = "/biometric/v1/transactions"
LANGUAGE = "en"


class Refused(Exception):  # noqa: N818 - the server's verdict
    """The server answered with a problem document (RFC 9457)."""

    def __init__(self, status: int, code: str, sentence: str) -> None:
        """Keep what the server said."""
        super().__init__(f"{sentence} ({status} {code})")
        self.status = status
        self.code = code


class Camera(Protocol):
    """Something that shows a face answering the steps of a challenge."""

    def frames(
        self, steps: Sequence[Step], *, still: bool = False
    ) -> Sequence[tuple[bytes, int, int]]:
        """Return (JPEG, milliseconds since the start, step) for each frame, in order."""
        ...


@dataclass(frozen=True, slots=True)
class Transaction:
    """What the server says about a transaction, as far as the person must see it."""

    purpose: str
    client_name: str
    text: str
    captures_needed: int
    consent_version: str
    consent_text: str
    devices: tuple[str, ...]
    """Identifiers of the person's devices."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a capture came to. `continue_to` is where the browser goes at the end."""

    state: str
    attempts_left: int = 0
    captures_done: int = 0
    continue_to: str = ""

    @property
    def open(self) -> bool:
        """Whether the transaction asks for another capture."""
        return self.state in {"next_capture", "try_again"}


class Agent:
    """Answers one transaction from one device, in the browser that the transaction belongs to."""

    def __init__(
        self,
        browser: Browser,
        server: str,
        transaction: str,
        device: Device,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Know where the server is and which transaction to answer; ask nothing yet."""
        self.browser = browser
        self.server = server.rstrip("/")
        self.transaction = transaction
        self.device = device
        self._sleep = sleep
        self._clock = clock
        self._metadata: dict[str, Any] = {}

    # 1 created: what is asked, by whom, what for

    def look(self) -> Transaction:
        """Return what the person must see before anything is agreed to. R-6.2.3-3."""
        said = self._call("GET", "")
        consent = said["consent"]
        return Transaction(
            purpose=said["purpose"],
            client_name=said["client"]["name"],
            text=said["text"],
            captures_needed=said["captures_needed"],
            consent_version=consent["version"] if consent["needed"] else "",
            consent_text=consent["text"] if consent["needed"] else "",
            devices=tuple(one["id"] for one in said["devices"]),
        )

    def consent(self, asked: Transaction) -> None:
        """Say that the person agreed to the wording shown; enrolment only. R-10-1."""
        self._call("POST", "/consent", {"version": asked.consent_version, "language": LANGUAGE})

    def register(self, name: str) -> None:
        """Bind this device to the person; the server allows it within an enrolment only."""
        offered = self._call("POST", "/devices/options", {"type": "jws", "name": name})
        proof = self.device.prove(
            devices.REGISTRATION, transaction=self.transaction, nonce=offered["nonce"]
        )
        answer = {
            "registration": offered["registration"],
            "jwk": self.device.jwk,
            "proof": proof,
        }
        self.device.identifier = self._call("POST", "/devices", answer)["device"]

    # 2 claimed: this device takes it

    def claim(self) -> None:
        """Prove the device's key over the transaction and the server's nonce. R-6.2.3-2."""
        known = {"device": self.device.identifier}
        nonce = self._call("POST", "/claim", known)["nonce"]
        proof = self.device.prove(devices.CLAIM, transaction=self.transaction, nonce=nonce)
        self._call("POST", "/claim", known | {"proof": {"type": "jws", "jws": proof}})

    # 3 challenged: what to show, drawn anew

    def challenge(self, asked: Transaction) -> tuple[Challenge, dict[str, Any], datetime]:
        """Return a verified challenge, the encryption keys, and the server's time now.

        Raises:
            ChallengeRejected: it is not the answer to what the person was shown.
        """
        page = self._send("POST", "/challenge", {})
        said = page.json()
        metadata = self.metadata()
        now = datetime.fromtimestamp(server_time(page) or self._clock(), UTC)
        verified = challenges.verify(
            said["challenge"],
            challenge_jwks=metadata["challenge_jwks"],
            expected=Expected(
                issuer=metadata["issuer"],
                device=self.device.identifier,
                transaction=self.transaction,
                purpose=asked.purpose,
                client_name=asked.client_name,
                text=asked.text,
            ),
            now=now,
        )
        return verified, said["jwks"], now

    # 4 captured, 5 judged

    def capture(self, asked: Transaction, camera: Camera, *, still: bool = False) -> Answer:
        """Film the answer to a fresh challenge, send it, and return what it came to."""
        challenge, jwks, received_at = self.challenge(asked)
        filmed = film(camera, challenge.steps, still=still, now=received_at, sleep=self._sleep)
        message = envelope.seal(
            filmed,
            challenge=challenge,
            transaction=self.transaction,
            device=self.device,
            encryption_jwks=jwks,
        )
        said = self._send("POST", "/capture", message, envelope.CAPTURE_MEDIA_TYPE).json()
        return Answer(
            state=said["state"],
            attempts_left=said.get("attempts_left", 0),
            captures_done=said.get("captures_done", 0),
            continue_to=said.get("continue_to", ""),
        )

    def approve(
        self, asked: Transaction, camera: Camera, *, still: bool = False, say: Callable[[str], None]
    ) -> Answer:
        """Claim the transaction and capture until it is decided."""
        self.claim()
        while True:
            answer = self.capture(asked, camera, still=still)
            say(_words(answer, asked))
            if not answer.open:
                return answer

    def deny(self) -> str:
        """Say "not me"; return where the browser goes. R-6.4-6."""
        return str(self._call("POST", "/deny", {})["continue_to"])

    def metadata(self) -> dict[str, Any]:
        """Return the server's metadata, asked for once. AGENT-PROTOCOL, "Metadata"."""
        if not self._metadata:
            self._metadata = self._checked(self.browser.get(self.server + METADATA)).json()
            if self._metadata.get("issuer") != self.server:
                message = "the metadata name another issuer"
                raise Unreachable(message)
        return self._metadata

    def _call(
        self, method: str, path: str, message: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        page = self._send(method, path, message)
        return page.json() if page.body else {}

    def _send(
        self,
        method: str,
        path: str,
        message: dict[str, Any] | bytes | None = None,
        media_type: str = "application/json",
    ) -> Page:
        body = json.dumps(message).encode() if isinstance(message, dict) else message
        headers = {"Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = media_type
        url = f"{self.server}{API}/{self.transaction}{path}"
        return self._checked(self.browser.send(method, url, body, headers))

    @staticmethod
    def _checked(page: Page) -> Page:
        if page.status < 400:  # noqa: PLR2004 - RFC 9110 15.5
            return page
        try:
            problem = page.json()
        except Unreachable:
            problem = {}
        sentence = problem.get("detail", "The server refused.")
        raise Refused(page.status, problem.get("code", ""), sentence)


def film(
    camera: Camera,
    steps: Sequence[Step],
    *,
    still: bool,
    now: datetime,
    sleep: Callable[[float], None],
) -> Capture:
    """Film for as long as it takes; `now` is the server's time, from which all times count.

    The wait is not for show: a capture that ends before it can have happened is refused.
    """
    started = time.monotonic()
    taken = camera.frames(steps, still=still)
    frames = tuple(CapturedFrame(jpeg, int(at_ms), int(step)) for jpeg, at_ms, step in taken)
    lasts = frames[-1].at_ms / 1000 if frames else 0.0
    prepared = time.monotonic() - started
    sleep(lasts)
    began_at = now + timedelta(seconds=prepared)
    return Capture(
        frames=frames,
        approved_at=now,
        started_at=began_at,
        ended_at=began_at + timedelta(seconds=lasts),
        signals={"simulated": True, "headless": True},
    )


def _words(answer: Answer, asked: Transaction) -> str:
    match answer.state:
        case "matched":
            return "matched"
        case "enrolled" | "next_capture":
            done = answer.captures_done or asked.captures_needed
            return f"capture {done} of {asked.captures_needed} taken"
        case "try_again":
            return f"not accepted, {answer.attempts_left} attempts left"
        case state:
            return state
