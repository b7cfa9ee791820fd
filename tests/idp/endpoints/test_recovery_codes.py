"""Pages of recovery codes: R-5.2-3, R-9.4-8, R-9.4-9; OIDC.md J8 (no self-upgrade)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from idp.authentication import recovery_code
from idp.models import AuthenticationEvent, RecoveryCode, User
from tests.idp.authentication import test_one_time_code as apps
from tests.idp.authentication.test_passkey import register
from tests.idp.endpoints.stub_face import StubFace

pytestmark = pytest.mark.django_db
PAGE = "/account/recovery-codes/"
LOA2, LOA3 = "urn:countersign:acr:loa2", "urn:countersign:acr:loa3"


@pytest.fixture
def signed_in(visitor, alice):
    visitor.sign_in(visitor.browser.get("/account/sign-in"))
    return visitor


def shown(page):
    return re.findall(r"<code>([A-Z2-7-]+)</code>", page.content.decode())


def test_ten_codes_are_shown_in_the_one_answer_that_makes_them(signed_in):
    assert "recovery-codes-make" in signed_in.browser.get(PAGE).content.decode()
    made = signed_in.browser.post(f"{PAGE}make")
    assert len(shown(made)) == 10
    assert "no-store" in made["Cache-Control"]
    page = signed_in.browser.get(PAGE)
    assert shown(page) == []
    assert "10 codes left" in page.content.decode()
    assert "10 codes left" in signed_in.browser.get("/account/").content.decode()


def test_a_code_raises_a_password_to_level_two_and_no_more(signed_in, alice, bank):
    codes = recovery_code.make(person=alice, level=3)
    register(alice)
    asked = signed_in.ask(acr_values=LOA2, essential="1")
    signed_in.choose(asked["Location"], "recovery_code")
    page = asked["Location"].rsplit("/", 1)[0] + "/recovery-code"
    assert 'data-page="recovery-code"' in signed_in.browser.get(page).content.decode()
    wrong = signed_in.browser.post(page, {"code": "no code"})
    assert wrong.status_code == 400
    assert "code-error" in wrong.content.decode()
    right = signed_in.follow(signed_in.browser.post(page, {"code": codes[0]})).json()
    assert right["acr"] == LOA2
    assert {"otp", "pwd", "mfa"} <= set(right["amr"])
    # The account is in its cooling-off time: its passkey would not reach level 3 today.
    assert signed_in.ask(acr_values=LOA3, essential="1").json()["error"].startswith("unmet")
    assert 'id="cooling-off"' in signed_in.browser.get("/account/").content.decode()
    User.objects.update(cooling_off_until=timezone.now())
    assert signed_in.ask(acr_values=LOA3, essential="1")["Location"].endswith("/passkey")


def test_what_was_shown_meanwhile_stays_what_it_was(visitor, alice, bank):
    alice.cool_off(timezone.now() + timedelta(hours=1))
    visitor.sign_in(visitor.browser.get("/account/sign-in"))
    assert AuthenticationEvent.objects.get().evidence["cooling_off"] == 1
    User.objects.update(cooling_off_until=timezone.now())
    visitor.sign_in(visitor.ask(prompt="login"))
    assert AuthenticationEvent.objects.last().evidence["cooling_off"] == 0


def test_a_remote_biometric_counts_no_more_than_level_two_meanwhile(signed_in, alice, bank):
    StubFace.enrolled.add(alice.subject)
    alice.cool_off(timezone.now() + timedelta(hours=1))
    assert signed_in.ask(acr_values=f"{LOA3}:rb", essential="1").json()["error"].startswith("unmet")
    assert signed_in.ask(acr_values=f"{LOA2}:rb", essential="1").status_code == 303


def test_a_code_is_asked_for_last(signed_in, alice, bank):
    recovery_code.make(person=alice, level=1)
    StubFace.enrolled.add(alice.subject)
    asked = signed_in.ask(acr_values=LOA2, essential="1")
    assert not asked["Location"].endswith("/recovery-code")
    apps.set_up(alice)
    assert signed_in.ask(acr_values=LOA2, essential="1")["Location"].endswith("/code")


def test_the_page_of_the_code_needs_somebody_who_has_signed_in(visitor, alice, bank):
    codes = recovery_code.make(person=alice, level=1)
    asked = visitor.ask(acr_values=LOA2, essential="1")
    url = asked["Location"].replace("/login", "/recovery-code")
    assert visitor.browser.post(url, {"code": codes[0]})["Location"].endswith("/continue")
    assert recovery_code.left(alice) == 10


def test_the_pages_need_a_session(visitor, alice):
    assert visitor.browser.get(PAGE)["Location"] == f"/account/sign-in?next={PAGE}"
    for action in ("make", "remove"):
        answer = visitor.browser.post(f"{PAGE}{action}")
        assert answer["Location"] == f"/account/sign-in?next={PAGE}"


def test_new_codes_take_a_fresh_session(signed_in, alice):
    AuthenticationEvent.objects.update(at=timezone.now() - timedelta(minutes=16))
    assert "recovery-codes-confirm" in signed_in.browser.get(PAGE).content.decode()
    assert "recent=1" in signed_in.browser.post(f"{PAGE}make")["Location"]
    assert not RecoveryCode.objects.exists()


def test_j8_a_stolen_password_makes_no_codes_beside_a_passkey(signed_in, alice):
    register(alice)
    assert "level=3" in signed_in.browser.post(f"{PAGE}make")["Location"]
    assert not RecoveryCode.objects.exists()


def test_j8_a_stolen_password_replaces_no_codes(signed_in, alice):
    codes = recovery_code.make(person=alice, level=1)
    for action in ("make", "remove"):
        assert "level=2" in signed_in.browser.post(f"{PAGE}{action}")["Location"]
    asked = signed_in.browser.get(f"/account/sign-in?next={PAGE}&level=2&recent=1")
    assert asked["Location"].endswith("/recovery-code")
    signed_in.follow(signed_in.browser.post(asked["Location"], {"code": codes[0]}))
    assert signed_in.browser.post(f"{PAGE}remove")["Location"] == PAGE
    assert not RecoveryCode.objects.exists()
