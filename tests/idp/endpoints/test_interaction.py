"""Step-up, other ways, receipts: ARCHITECTURE 4; OIDC.md A19; R-5.2-1, R-5.2-3, R-5.3-2."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from idp.models import AuthenticationEvent, Consent, Interaction, SecurityEvent
from tests.factories import a_person
from tests.idp.authentication.test_passkey import register
from tests.idp.endpoints.conftest import Visitor
from tests.idp.endpoints.stub_face import StubFace
from tests.idp.evidence import FACE

pytestmark = pytest.mark.django_db
LOA3, RB3 = "urn:countersign:acr:loa3", "urn:countersign:acr:loa3:rb"


@pytest.fixture
def signed_in(visitor, alice, bank):
    visitor.sign_in(visitor.ask())
    StubFace.enrolled.add(alice.subject)
    return visitor


def step_up(visitor, acr_values=f"{RB3} {LOA3}", **more):
    """Ask for a remote face; return the paths of the resume page and of the other ways."""
    response = visitor.ask(acr_values=acr_values, **more)
    assert response["Location"].startswith("/biometric/capture/")
    base = f"/interaction/{Interaction.objects.latest('created_at').pk}"
    return f"{base}/resume", f"{base}/choose"


def test_step_up_changes_acr_amr_and_auth_time_and_keeps_the_sid(signed_in, alice):
    before = signed_in.ask().json()
    resume, _ = step_up(signed_in)
    StubFace.match(alice.subject)
    after = signed_in.follow(signed_in.browser.get(resume, {"receipt": "receipt"})).json()
    assert after["acr"] == RB3
    assert after["amr"] == ["face", "mfa", "pop", "pwd", "swk", "user"]
    assert after["auth_time"] > before["auth_time"]
    assert after["sid"] == before["sid"]


def test_the_method_learns_what_it_needs_and_no_more(signed_in, alice):
    step_up(signed_in)
    asked = StubFace.started[-1]
    assert asked.subject == replace(alice.as_subject(), client="bank")
    assert asked.client_name == "Northwind Bank"
    assert asked.acr == RB3
    assert asked.resume_url.startswith("http://localhost:8000/interaction/")
    assert len(asked.browser) == 64


@pytest.mark.parametrize("receipt", ["", "guess"])
def test_without_the_receipt_nothing_is_collected(signed_in, alice, receipt):
    resume, choose = step_up(signed_in)
    StubFace.match(alice.subject)
    response = signed_in.browser.get(resume, {"receipt": receipt})
    assert response["Location"] == f"{choose}?failed=1"
    assert AuthenticationEvent.objects.count() == 1


def test_a_victim_s_capture_does_not_finish_the_attacker_s_session(signed_in, alice):
    resume, _ = step_up(signed_in)
    StubFace.match(alice.subject)
    victim = Visitor()
    assert victim.browser.get(resume, {"receipt": "receipt"}).status_code == 400
    assert AuthenticationEvent.objects.count() == 1


def test_a_receipt_serves_once(signed_in, alice):
    resume, _ = step_up(signed_in)
    StubFace.match(alice.subject)
    signed_in.browser.get(resume, {"receipt": "receipt"})
    assert signed_in.browser.get(resume, {"receipt": "receipt"}).status_code == 410
    assert AuthenticationEvent.objects.count() == 2


def test_another_person_s_face_is_refused(signed_in):
    resume, _ = step_up(signed_in)
    StubFace.match(a_person().subject)
    response = signed_in.browser.get(resume, {"receipt": "receipt"})
    assert response.status_code == 400
    assert 'data-page="error"' in response.content.decode()
    assert AuthenticationEvent.objects.count() == 1
    assert SecurityEvent.objects.filter(kind="sign_in.result_refused").exists()


@pytest.mark.parametrize("ago", [timedelta(minutes=1), timedelta(minutes=-5)])
def test_a_result_of_another_time_is_refused(signed_in, alice, ago):
    resume, _ = step_up(signed_in)
    StubFace.match(alice.subject, ago=ago)
    assert signed_in.browser.get(resume, {"receipt": "receipt"}).status_code == 400
    assert AuthenticationEvent.objects.count() == 1


def test_a_result_that_is_weaker_than_planned_does_not_go_round_in_circles(signed_in, alice):
    resume, _ = step_up(signed_in, acr_values=RB3)
    StubFace.match(alice.subject, evidence=replace(FACE, cooling_off=1))
    answer = signed_in.follow(signed_in.browser.get(resume, {"receipt": "receipt"}))
    assert answer.json()["acr"] != RB3


def test_a_result_that_is_weaker_than_planned_is_not_enough_where_it_is_essential(signed_in, alice):
    resume, _ = step_up(signed_in, acr_values=RB3, essential="1")
    StubFace.match(alice.subject, evidence=replace(FACE, cooling_off=1))
    answer = signed_in.follow(signed_in.browser.get(resume, {"receipt": "receipt"}))
    assert answer.json() == {"error": "unmet_authentication_requirements"}


def test_the_page_with_the_other_ways_offers_a_way_without_the_camera(signed_in, alice):
    register(alice)
    _, choose = step_up(signed_in)
    page = signed_in.browser.get(choose).content.decode()
    assert 'data-page="choose"' in page
    assert 'id="choose-passkey"' in page
    assert "Self-assessed profile: mapped, not assessed" in page


def test_who_declines_the_camera_reaches_the_level_with_a_passkey(signed_in, alice):
    authenticator, _ = register(alice)
    _, choose = step_up(signed_in)
    base = choose.rsplit("/", 1)[0]
    assert signed_in.choose(choose, "passkey")["Location"].endswith(f"{base}/passkey")
    options = signed_in.browser.post(f"{base}/passkey/options").content
    answer = signed_in.browser.post(f"{base}/passkey", {"credential": authenticator.get(options)})
    issued = signed_in.follow(answer).json()
    assert issued["acr"] == LOA3
    assert "face" not in issued["amr"]


def test_a_voluntary_step_may_be_skipped(signed_in, alice):
    _, choose = step_up(signed_in, acr_values=RB3)
    assert 'id="choose-skip"' in signed_in.browser.get(choose).content.decode()
    issued = signed_in.follow(signed_in.choose(choose, "skip")).json()
    assert issued["acr"] == "urn:countersign:acr:loa1"


def test_an_essential_step_may_not_be_skipped(signed_in, alice):
    _, choose = step_up(signed_in, acr_values=RB3, essential="1")
    assert 'id="choose-skip"' not in signed_in.browser.get(choose).content.decode()
    answer = signed_in.follow(signed_in.choose(choose, "skip"))
    assert answer.json() == {"error": "unmet_authentication_requirements"}


def test_looking_at_the_other_ways_changes_nothing(signed_in, alice):
    resume, choose = step_up(signed_in)
    signed_in.browser.get(choose)
    StubFace.match(alice.subject)
    issued = signed_in.follow(signed_in.browser.get(resume, {"receipt": "receipt"})).json()
    assert issued["acr"] == RB3


def test_the_other_way_spoils_a_capture_that_is_still_under_way(signed_in, alice):
    register(alice)
    resume, choose = step_up(signed_in)
    StubFace.match(alice.subject)
    signed_in.choose(choose, "passkey")
    response = signed_in.browser.get(resume, {"receipt": "receipt"})
    assert response["Location"].endswith("failed=1")
    assert AuthenticationEvent.objects.count() == 1


def test_cancelling_a_step_up_is_access_denied(signed_in, alice):
    _, choose = step_up(signed_in)
    answer = signed_in.follow(signed_in.choose(choose, "cancel"))
    assert answer.json() == {"error": "access_denied"}


def test_where_nothing_is_to_be_confirmed_there_is_no_other_way(signed_in):
    chooser = signed_in.ask(prompt="select_account")["Location"]
    response = signed_in.browser.get(chooser.replace("/select", "/choose"))
    assert response["Location"].endswith("/continue")


def test_a_made_up_way_leads_back_to_the_plan(signed_in, alice):
    _, choose = step_up(signed_in)
    response = signed_in.choose(choose, "urn:example:way")
    assert signed_in.browser.get(response["Location"])["Location"].startswith("/biometric/")


def test_signing_out_in_another_tab_stops_the_step_up(signed_in, alice):
    resume, _ = step_up(signed_in)
    StubFace.match(alice.subject)
    signed_in.browser.post("/account/sign-out")
    assert signed_in.browser.get(resume, {"receipt": "receipt"}).status_code == 400


class TestConsent:
    def test_approval_is_remembered(self, signed_in, alice, bank):
        page = signed_in.ask(scope="openid email")["Location"]
        shown = signed_in.browser.get(page).content.decode()
        assert 'data-page="consent"' in shown
        assert "Your email address" in shown
        assert 'id="consent-approve"' in shown
        assert 'id="consent-deny"' in shown
        answer = signed_in.browser.post(page, {"answer": "approve"})
        assert signed_in.follow(answer).json()["sub"] == alice.subject
        assert signed_in.ask(scope="openid").json()["sub"] == alice.subject

    def test_a_wider_scope_is_asked_again_and_added(self, signed_in, alice, bank):
        for scope in ("openid", "openid profile"):
            page = signed_in.ask(scope=scope)["Location"]
            signed_in.browser.post(page, {"answer": "approve"})
        assert Consent.objects.get().scope == "openid profile"

    def test_denial_is_access_denied_and_not_remembered(self, signed_in, alice, bank):
        page = signed_in.ask(scope="openid")["Location"]
        answer = signed_in.follow(signed_in.browser.post(page, {"answer": "deny"}))
        assert answer.json() == {"error": "access_denied"}
        assert not Consent.objects.exists()

    def test_prompt_consent_asks_again(self, signed_in, alice, bank):
        page = signed_in.ask(scope="openid")["Location"]
        signed_in.browser.post(page, {"answer": "approve"})
        page = signed_in.ask(scope="openid", prompt="consent")["Location"]
        assert page.endswith("/consent")
        answer = signed_in.browser.post(page, {"answer": "approve"})
        assert signed_in.follow(answer).json()["sub"] == alice.subject

    def test_the_granted_scope_is_the_one_that_was_shown(self, signed_in, alice, bank):
        page = signed_in.ask(scope="openid")["Location"]
        signed_in.browser.post(page, {"answer": "approve", "scope": "openid email admin"})
        assert Consent.objects.get().scope == "openid"

    def test_a_client_of_the_house_is_not_asked_for(self, signed_in, alice, bank):
        type(bank).objects.update(skip_consent=True)
        assert signed_in.ask(scope="openid email").json()["sub"] == alice.subject
