"""A remote biometric method written by hand: the test says what it found."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.utils import timezone

from idp.contract import (
    AuthenticationRequest,
    AuthenticationResult,
    StartedAuthentication,
)
from tests.idp.evidence import FACE


class StubFace:
    name = "face"
    label = "Face verification"
    opens_session = False
    is_biometric = True
    enrolled: ClassVar[set[str]] = set()
    started: ClassVar[list[AuthenticationRequest]] = []
    results: ClassVar[dict[tuple[str, str], AuthenticationResult]] = {}

    def potential(self, subject):
        return FACE if subject.identifier in self.enrolled else None

    def start(self, request):
        self.started.append(request)
        handle = f"capture-{len(self.started)}"
        return StartedAuthentication(url=f"/biometric/capture/{handle}", handle=handle)

    def collect(self, handle, receipt):
        return self.results.pop((handle, receipt), None)

    @classmethod
    def match(cls, subject, *, receipt="receipt", ago=timedelta(), evidence=FACE):
        """Let the capture that was started last end in a match."""
        cls.results[f"capture-{len(cls.started)}", receipt] = AuthenticationResult(
            subject=subject,
            amr=frozenset({"face"}),
            at=timezone.now() - ago,
            evidence=evidence,
        )
