"""Pages of one-time codes: RFC 6238; OIDC.md J8 (no self-upgrade); R-5.2-3, R-9.4-8."""

from __future__ import annotations

import base64
import re
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.utils import timezone

from idp.models import AuthenticationEvent, OneTimeCodeSecret
from tests.idp.authentication import test_one_time_code as codes
from tests.idp.authentication.test_passkey import register

pytestmark = pytest.mark.django_db
PAGE = "/account/code/"
LOA2 = "urn:countersign:acr:loa2"


@pytest.fixture
def signed_in(visitor, alice):
    visitor.sign_in(visitor.browser.get("/account/sign-in"))
    return visitor


def shown_code(page):
    """Return the code of an app that has read the key from the page."""
    key = re.search(r'id="code-secret">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    secret = base64.b32decode(key + "=" * (-len(key) % 8))
    return TOTP(secret, 6, SHA1(), 30).generate(int(timezone.now().timestamp())).decode()


def test_an_app_is_set_up_and_then_raises_a_password_to_level_two(signed_in, alice, bank):
    page = signed_in.browser.get(PAGE).content.decode()
    assert "<svg" in page
    added = signed_in.browser.post(f"{PAGE}add", {"code": shown_code(page)})
    assert added["Location"] == PAGE
    page = signed_in.browser.get(PAGE).content.decode()
    assert "code-secret" not in page
    assert "code-confirm" in page  # what is there now protects itself
    OneTimeCodeSecret.objects.update(last_step=0)

    asked = signed_in.ask(acr_values=LOA2, essential="1", scope="openid")
    assert asked["Location"].endswith("/code")
    page = signed_in.browser.get(asked["Location"]).content.decode()
    assert 'data-page="code"' in page
    assert 'autocomplete="one-time-code"' in page


def test_a_right_code_goes_on_and_a_wrong_one_says_so(signed_in, alice, bank):
    codes.set_up(alice)
    asked = signed_in.ask(acr_values=LOA2, essential="1")
    wrong = signed_in.browser.post(asked["Location"], {"code": "no code"})
    assert wrong.status_code == 400
    assert "code-error" in wrong.content.decode()
    given = {"code": codes.code_at(timezone.now())}
    right = signed_in.follow(signed_in.browser.post(asked["Location"], given))
    answer = right.json() if "json" in right["Content-Type"] else right.content.decode()
    assert answer["acr"] == LOA2, answer
    assert {"otp", "pwd", "mfa"} <= set(answer["amr"])


def test_the_page_of_the_code_needs_somebody_who_has_signed_in(visitor, alice, bank):
    codes.set_up(alice)
    asked = visitor.ask(acr_values=LOA2, essential="1")
    url = asked["Location"].replace("/login", "/code")
    given = {"code": codes.code_at(timezone.now())}
    assert visitor.browser.post(url, given)["Location"].endswith("/continue")
    assert not AuthenticationEvent.objects.exists()


def test_the_pages_need_a_session(visitor, alice):
    assert visitor.browser.get(PAGE)["Location"] == f"/account/sign-in?next={PAGE}"
    for action in ("add", "remove"):
        answer = visitor.browser.post(f"{PAGE}{action}", {"code": "000000"})
        assert answer["Location"] == f"/account/sign-in?next={PAGE}"


def test_a_wrong_code_sets_nothing_up(signed_in, alice):
    signed_in.browser.get(PAGE)
    answer = signed_in.browser.post(f"{PAGE}add", {"code": "no code"})
    assert answer["Location"] == f"{PAGE}?failed=1"
    assert "code-error" in signed_in.browser.get(answer["Location"]).content.decode()
    assert not OneTimeCodeSecret.objects.exists()


def test_a_code_for_a_key_that_was_never_shown_sets_nothing_up(signed_in, alice):
    answer = signed_in.browser.post(f"{PAGE}add", {"code": codes.code_at(timezone.now())})
    assert answer["Location"] == f"{PAGE}?failed=1"


def test_the_key_stays_the_same_while_the_person_sets_up(signed_in, alice):
    pages = [signed_in.browser.get(PAGE).content.decode() for _ in range(2)]
    keys = {re.search(r'id="code-secret">([^<]+)<', page)[1] for page in pages}
    assert len(keys) == 1


def test_an_old_session_must_sign_in_again(signed_in, alice):
    AuthenticationEvent.objects.update(at=timezone.now() - timedelta(minutes=16))
    page = signed_in.browser.get(PAGE).content.decode()
    assert "code-confirm" in page
    assert "code-secret" not in page
    assert "recent=1" in signed_in.browser.post(f"{PAGE}add", {"code": "000000"})["Location"]


def test_j8_a_stolen_password_adds_no_app_beside_a_passkey(signed_in, alice):
    register(alice)
    assert "level=3" in signed_in.browser.post(f"{PAGE}add", {"code": "000000"})["Location"]
    assert "code-secret" not in signed_in.browser.get(PAGE).content.decode()


def test_j8_a_stolen_password_removes_no_app(signed_in, alice):
    codes.set_up(alice)
    answer = signed_in.browser.post(f"{PAGE}remove")
    assert "level=2" in answer["Location"]
    assert OneTimeCodeSecret.objects.exists()


def test_whoever_confirms_with_the_app_may_remove_it(signed_in, alice):
    codes.set_up(alice)
    asked = signed_in.browser.get(signed_in.browser.post(f"{PAGE}remove")["Location"])
    assert asked["Location"].endswith("/code")
    given = {"code": codes.code_at(timezone.now())}
    signed_in.follow(signed_in.browser.post(asked["Location"], given))
    assert "code-remove" in signed_in.browser.get(PAGE).content.decode()
    assert signed_in.browser.post(f"{PAGE}remove")["Location"] == PAGE
    assert not OneTimeCodeSecret.objects.exists()


def test_the_account_page_leads_to_it(signed_in, alice):
    assert 'href="/account/code/"' in signed_in.browser.get("/account/").content.decode()
