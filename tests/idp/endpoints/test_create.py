"""Initiating User Registration via OpenID Connect 1.0 4.1; OIDC.md G1 (fixation), G7, G9, G10."""

from __future__ import annotations

import pytest
from django.test import Client as Browser

from idp.authentication import throttle
from idp.authentication.throttle import Limit
from idp.models import AuthenticationEvent, SecurityEvent, Session, User
from idp.oauth.userinfo import person_claims
from idp.policy import get_policy
from tests.idp.endpoints.conftest import Visitor
from tests.idp.oauth.test_races import PARALLEL, all_at_once

pytestmark = pytest.mark.django_db
SESSION, CSRF = "countersign_session", "countersign_csrf"
CAROL = {
    "username": "carol",
    "first_name": "Carol",
    "last_name": "Cooper",
    "email": "carol@example.org",
    "password1": "seven green umbrellas",
    "password2": "seven green umbrellas",
}


@pytest.fixture
def joinable(settings, bank):
    """The bank, at a provider where people may open accounts."""
    settings.IDP = settings.IDP | {"self_registration": True}
    get_policy.cache_clear()
    return bank


@pytest.fixture
def page(visitor, joinable):
    """The address of the page that opens an account, asked for by the client."""
    return visitor.ask(prompt="create")["Location"]


def test_the_page_keeps_its_hooks_and_names_the_client(visitor, page, bank):
    shown = visitor.browser.get(page).content.decode()
    assert page.endswith("/create")
    assert 'data-page="create"' in shown
    assert bank.name in shown
    for name in (*CAROL, "submit"):
        assert f'id="{"create-submit" if name == "submit" else "id_" + name}"' in shown
    assert "at least 12 characters" in shown
    assert "signs the person out" not in shown


def test_whoever_joins_goes_on_signed_in_by_password(visitor, page):
    issued = visitor.follow(visitor.browser.post(page, CAROL)).json()
    carol = User.objects.get(username="carol")
    assert issued["sub"] == carol.subject
    assert issued["amr"] == ["pwd"]
    assert carol.check_password(CAROL["password1"])
    assert not carol.is_staff
    assert SecurityEvent.objects.get(kind="account.created").subject == carol.subject


def test_an_address_that_nobody_has_verified_is_not_called_verified(visitor, page):
    visitor.browser.post(page, CAROL)
    assert person_claims(User.objects.get(username="carol")) == {
        "name": "Carol Cooper",
        "given_name": "Carol",
        "family_name": "Cooper",
        "preferred_username": "carol",
        "email": "carol@example.org",
        "email_verified": False,
    }


def test_the_consent_is_asked_of_the_new_person(visitor, joinable):
    page = visitor.ask(prompt="create", scope="openid")["Location"]
    shown = visitor.follow(visitor.browser.post(page, CAROL)).content.decode()
    assert 'data-page="consent"' in shown
    assert "Carol Cooper" in shown


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"username": ""}, "username"),
        ({"username": "alice"}, "username"),
        ({"username": "ALICE"}, "username"),
        ({"username": "c a r o l"}, "username"),
        ({"username": "c" * 151}, "username"),
        ({"username": "carol\0"}, "username"),
        ({"first_name": ""}, "first_name"),
        ({"first_name": "Carol\u202eevil"}, "first_name"),
        ({"last_name": "\u0007"}, "last_name"),
        ({"email": "carol"}, "email"),
        ({"password2": "another one altogether"}, "password2"),
        ({"password1": "short", "password2": "short"}, "password2"),
        ({"password1": "password1234", "password2": "password1234"}, "password2"),
        ({"password1": "carol@example.org", "password2": "carol@example.org"}, "password2"),
        ({"password1": "p" * 1025, "password2": "p" * 1025}, "password1"),
    ],
)
def test_what_cannot_be_used_is_said_beside_its_field(visitor, page, alice, change, field):
    response = visitor.browser.post(page, CAROL | change)
    shown = response.content.decode()
    assert response.status_code == 400
    assert f'id="id_{field}_error"' in shown
    assert CAROL["password1"] not in shown
    assert User.objects.count() == 1


@pytest.mark.parametrize("name", ["Seán", "Ἀλέξανδρος", "नन्दिनी\u200d", "O'Brien-Ng", "小明"])
def test_names_are_written_as_their_owners_write_them(visitor, page, name):
    visitor.browser.post(page, CAROL | {"first_name": name, "last_name": ""})
    assert User.objects.get(username="carol").get_full_name() == name


def test_g1_the_form_needs_its_token(joinable):
    visitor = Visitor(enforce_csrf_checks=True)
    page = visitor.ask(prompt="create")["Location"]
    assert visitor.browser.post(page, CAROL).status_code == 403
    assert not User.objects.exists()


def test_g1_nothing_planted_before_the_sign_in_serves_after_it(visitor, page):
    visitor.browser.cookies[SESSION] = "planted"
    visitor.browser.get(page)
    token = visitor.browser.cookies[CSRF].value
    visitor.browser.post(page, CAROL)
    assert visitor.browser.cookies[SESSION].value != "planted"
    assert visitor.browser.cookies[CSRF].value != token


def test_the_new_account_never_joins_the_session_of_somebody_else(visitor, alice, joinable):
    before = visitor.sign_in(visitor.ask()).json()
    page = visitor.ask(prompt="create")["Location"]
    assert "signed in as Alice Archer" in visitor.browser.get(page).content.decode()
    after = visitor.follow(visitor.browser.post(page, CAROL)).json()
    assert after["sid"] != before["sid"]
    assert Session.objects.get(user=alice).ended_at is not None
    assert AuthenticationEvent.objects.filter(session__user=alice).count() == 1


def test_whoever_has_an_account_already_signs_in_instead(visitor, page, alice):
    answered = visitor.browser.post(page, {"way": "sign-in"})
    login = visitor.browser.get(answered["Location"])
    assert login["Location"].endswith("/login")
    assert visitor.sign_in(login).json()["sub"] == alice.subject


def test_whoever_is_signed_in_already_is_asked_which_account(visitor, alice, joinable):
    visitor.sign_in(visitor.ask())
    page = visitor.ask(prompt="create")["Location"]
    answered = visitor.browser.post(page, {"way": "sign-in"})
    chooser = visitor.browser.get(answered["Location"])
    assert chooser["Location"].endswith("/select")
    assert visitor.select(chooser, "current").json()["sub"] == alice.subject


def test_the_login_page_leads_there_where_people_may_join(visitor, joinable):
    login = visitor.ask()["Location"]
    assert 'id="login-create"' in visitor.browser.get(login).content.decode()
    page = login.replace("/login", "/create")
    assert visitor.follow(visitor.browser.post(page, CAROL)).json()["amr"] == ["pwd"]


def test_the_account_page_can_be_reached_by_joining(visitor, joinable):
    login = visitor.browser.get("/account/sign-in")["Location"]
    page = login.replace("/login", "/create")
    shown = visitor.follow(visitor.browser.post(page, CAROL)).content.decode()
    assert 'data-page="account"' in shown
    assert "Carol Cooper" in shown


def test_where_people_may_not_join_there_is_no_page(visitor, bank):
    login = visitor.ask()["Location"]
    assert 'id="login-create"' not in visitor.browser.get(login).content.decode()
    for method in (visitor.browser.get, visitor.browser.post):
        response = method(login.replace("/login", "/create"), CAROL)
        assert response["Location"].endswith("/continue")
    assert not User.objects.exists()


def test_a_step_up_is_no_place_to_join(visitor, alice, joinable):
    visitor.sign_in(visitor.ask())
    login = visitor.ask(prompt="login")["Location"]
    response = visitor.browser.post(login.replace("/login", "/create"), CAROL)
    assert response["Location"].endswith("/continue")
    assert User.objects.count() == 1


def test_another_browser_cannot_join_here(page):
    assert Browser().post(page, CAROL).status_code == 400
    assert not User.objects.exists()


@pytest.mark.parametrize(("hint", "field"), [("carol", "username"), ("carol@example.org", "email")])
def test_a_login_hint_fills_the_field_that_it_fits(visitor, joinable, hint, field):
    page = visitor.ask(prompt="create", login_hint=hint)["Location"]
    shown = visitor.browser.get(page).content.decode()
    assert f'name="{field}" value="{hint}"' in shown


def test_g7_what_is_typed_or_hinted_is_never_markup(visitor, joinable):
    hostile = '"><script>alert(1)</script>'
    page = visitor.ask(prompt="create", login_hint=hostile)["Location"]
    typed = visitor.browser.post(page, CAROL | {"username": hostile, "first_name": hostile})
    for shown in (visitor.browser.get(page), typed):
        assert "<script>alert" not in shown.content.decode()


def test_g9_taken_names_are_told_only_behind_a_limit(visitor, page, alice, monkeypatch):
    monkeypatch.setattr(throttle, "PER_ADDRESS_OF_NEW_ACCOUNTS", Limit(2, throttle.KNOWN_BROWSER))
    taken, fresh = CAROL | {"username": "alice"}, CAROL | {"email": ""}
    assert [visitor.browser.post(page, form).status_code for form in (taken, fresh)] == [400, 400]
    answers = [visitor.browser.post(page, form) for form in (taken, CAROL)]
    assert [answer.status_code for answer in answers] == [429, 429]
    assert not any("id_username_error" in answer.content.decode() for answer in answers)
    assert User.objects.count() == 1


def test_g10_the_limit_counts_addresses_apart(visitor, page, monkeypatch):
    monkeypatch.setattr(throttle, "PER_ADDRESS_OF_NEW_ACCOUNTS", Limit(0, throttle.KNOWN_BROWSER))
    assert visitor.browser.post(page, CAROL).status_code == 429
    monkeypatch.setattr(throttle, "PER_ADDRESS_OF_NEW_ACCOUNTS", Limit(1, throttle.KNOWN_BROWSER))
    response = visitor.browser.post(page, CAROL, REMOTE_ADDR="192.0.2.9")
    assert response.status_code == 303


def test_an_address_that_has_an_account_tells_nothing(visitor, page, alice):
    User.objects.filter(pk=alice.pk).update(email=CAROL["email"])
    assert visitor.browser.post(page, CAROL).status_code == 303


@pytest.mark.postgres
@pytest.mark.django_db(databases=["default", "biometric"], transaction=True)
def test_of_twenty_who_take_one_name_at_once_one_has_it(joinable):
    visitors = [Visitor() for _ in range(PARALLEL)]
    forms = iter([(v.browser, v.ask(prompt="create")["Location"]) for v in visitors])

    def join():
        browser, page = next(forms)
        return browser.post(page, CAROL)

    answers = all_at_once(join)
    assert sorted(answer.status_code for answer in answers) == [303] + [400] * (PARALLEL - 1)
    refused = [answer.content.decode() for answer in answers if answer.status_code == 400]
    assert all('id="id_username_error"' in page for page in refused)
    assert User.objects.filter(username="carol").count() == 1
