"""idp.contract.AuthenticationMethod: one suite judges every method. ARCHITECTURE 4; OIDC.md J1.

A method under test derives from the suite and says how a person enrols and authenticates.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import fields
from datetime import timedelta

import pytest
from django.utils import timezone

from idp.contract import AuthenticationMethod, AuthenticationRequest, Evidence, Subject
from idp.protocol.amr import REPORTED

DISTANCE = ("none", "proximity", "unproven")


class AuthenticationMethodConformance(ABC):
    """Promises of the seam. Derive, set `method`, write `enrol` and `authenticate`."""

    method: AuthenticationMethod

    @abstractmethod
    def person(self):
        """Return the `Subject` of a new person who has not enrolled for this method."""

    @abstractmethod
    def enrol(self, subject):
        """Enrol `subject` for this method."""

    @abstractmethod
    def authenticate(self, subject, started):
        """Carry out the authentication that was started; return the receipt."""

    @pytest.fixture
    def stranger(self, db):
        return self.person()

    @pytest.fixture
    def subject(self, db):
        subject = self.person()
        self.enrol(subject)
        return subject

    def start(self, subject):
        return self.method.start(
            AuthenticationRequest(
                subject=subject,
                client_name="Demo Bank",
                acr="urn:countersign:acr:loa2",
                text="Confirm to Demo Bank that it is you.",
                browser="ab" * 32,
                resume_url="http://localhost:8000/interaction/1/resume",
                cancel_url="http://localhost:8000/interaction/1/choose",
                expires_at=timezone.now() + timedelta(minutes=15),
            )
        )

    def test_it_has_a_name_and_a_label(self):
        assert self.method.name.isidentifier()
        assert self.method.label

    def test_a_biometric_opens_no_session(self):
        assert not (self.method.is_biometric and self.method.opens_session)

    def test_it_adds_nothing_for_a_person_who_has_not_enrolled(self, stranger):
        assert self.method.potential(stranger) is None

    def test_it_adds_nothing_for_a_person_whom_nobody_knows(self, db):
        assert self.method.potential(Subject("nobody", "Nobody")) is None

    def test_it_says_what_it_could_add_for_a_person_who_has_enrolled(self, subject):
        assert isinstance(self.method.potential(subject), Evidence)

    def test_each_start_has_a_handle_of_its_own(self, subject):
        one, other = self.start(subject), self.start(subject)
        assert one.handle != other.handle
        assert one.url

    def test_nothing_is_collected_before_the_person_has_done_anything(self, subject):
        started = self.start(subject)
        assert self.method.collect(started.handle, "") is None
        assert self.method.collect(started.handle, "a receipt that nobody gave") is None

    def test_an_unknown_handle_collects_nothing(self, db):
        assert self.method.collect("unknown", "receipt") is None

    def test_the_result_tells_who_when_and_how(self, subject):
        before = timezone.now()
        started = self.start(subject)
        receipt = self.authenticate(subject, started)
        result = self.method.collect(started.handle, receipt)
        assert result.subject == subject.identifier
        assert before <= result.at <= timezone.now()
        assert result.amr

    def test_the_result_is_collected_once(self, subject):
        started = self.start(subject)
        receipt = self.authenticate(subject, started)
        assert self.method.collect(started.handle, receipt) is not None
        assert self.method.collect(started.handle, receipt) is None

    def test_a_wrong_receipt_neither_collects_nor_spoils_the_result(self, subject):
        started = self.start(subject)
        receipt = self.authenticate(subject, started)
        assert self.method.collect(started.handle, "another browser's receipt") is None
        assert self.method.collect(started.handle, receipt) is not None

    def test_a_receipt_serves_its_own_handle_alone(self, subject):
        mine, other = self.start(subject), self.start(subject)
        receipt = self.authenticate(subject, mine)
        assert self.method.collect(other.handle, receipt) is None

    def test_what_it_yields_is_never_more_than_what_it_promised(self, subject):
        promised = self.method.potential(subject)
        started = self.start(subject)
        yielded = self.method.collect(started.handle, self.authenticate(subject, started)).evidence
        for field in fields(Evidence):
            more, most = getattr(yielded, field.name), getattr(promised, field.name)
            if field.name == "cross_device":
                assert DISTANCE.index(more) >= DISTANCE.index(most)
            elif field.name in {"fmr_upper_bound", "cooling_off"}:
                assert more >= most
            else:
                assert more <= most

    def test_it_claims_no_verdict(self, subject):
        started = self.start(subject)
        result = self.method.collect(started.handle, self.authenticate(subject, started))
        assert "mfa" not in result.amr
        assert result.amr <= REPORTED | {"face", "pop", "user", "hwk", "swk", "fpt", "iris", "vbm"}
