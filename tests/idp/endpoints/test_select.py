"""The account chooser: OpenID Connect Core 3.1.2.1, ``prompt=select_account``; OIDC.md 3.4, G1."""

from __future__ import annotations

import pytest
from django.test import Client as Browser

from tests.factories import a_person
from tests.idp.endpoints.conftest import Visitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(visitor, alice, bank):
    visitor.sign_in(visitor.ask())
    return visitor


@pytest.fixture
def chooser(signed_in):
    return signed_in.ask(prompt="select_account")


def test_the_page_shows_who_is_signed_in_and_keeps_its_hooks(signed_in, chooser):
    assert chooser["Location"].endswith("/select")
    page = signed_in.follow(chooser).content.decode()
    assert 'data-page="select"' in page
    assert "Continue as Alice Archer" in page
    for name in ("select-current", "select-other", "select-cancel"):
        assert f'id="{name}"' in page


def test_without_a_session_the_login_page_comes_directly(visitor, alice, bank):
    asked = visitor.ask(prompt="select_account")
    assert asked["Location"].endswith("/login")
    assert visitor.sign_in(asked).json()["sub"] == alice.subject


def test_the_account_at_hand_needs_no_new_password(signed_in, chooser, alice):
    before = signed_in.ask().json()
    issued = signed_in.select(chooser, "current").json()
    assert (issued["sub"], issued["auth_time"]) == (alice.subject, before["auth_time"])


def test_with_login_the_account_at_hand_needs_its_password_too(signed_in, alice):
    before = signed_in.ask().json()
    login = signed_in.select(signed_in.ask(prompt="select_account login"), "current")
    assert "readonly" in signed_in.follow(login).content.decode()
    issued = signed_in.sign_in(login).json()
    assert (issued["sub"], issued["sid"]) == (alice.subject, before["sid"])
    assert issued["auth_time"] > before["auth_time"]


def test_another_account_signs_in_by_itself(signed_in, chooser):
    bob = a_person(username="bob")
    login = signed_in.select(chooser, "other")
    page = signed_in.follow(login).content.decode()
    assert "readonly" not in page
    assert "Alice" not in page
    assert signed_in.sign_in(login, username="bob").json()["sub"] == bob.subject


def test_the_person_at_hand_stays_signed_in_until_the_other_one_is(signed_in, chooser, alice):
    login = signed_in.select(chooser, "other")
    failed = signed_in.browser.post(login["Location"], {"username": "bob", "password": "wrong"})
    assert failed.status_code == 400
    assert signed_in.ask().json()["sub"] == alice.subject


def test_cancelling_is_access_denied(signed_in, chooser, alice):
    assert signed_in.select(chooser, "cancel").json() == {"error": "access_denied"}
    assert signed_in.ask().json()["sub"] == alice.subject


@pytest.mark.parametrize("account", ["", "bob", "skip"])
def test_a_made_up_answer_leads_back_to_the_page(signed_in, chooser, account):
    assert signed_in.select(chooser, account)["Location"] == chooser["Location"]


def test_the_page_exists_only_while_it_is_asked(signed_in):
    login = signed_in.ask(prompt="login")["Location"]
    response = signed_in.browser.get(login.replace("/login", "/select"))
    assert response["Location"].endswith("/continue")


def test_g1_the_answer_needs_the_form_s_token(alice, bank):
    visitor = Visitor(enforce_csrf_checks=True)
    page = visitor.ask()["Location"]
    assert visitor.browser.post(page.replace("/login", "/select"), {}).status_code == 403


def test_another_browser_cannot_answer(chooser):
    response = Browser().post(chooser["Location"], {"account": "current"})
    assert response.status_code == 400


def test_a_request_posted_across_sites_is_asked_as_well(signed_in):
    posted = Browser().post("/authorize", {"client_id": "bank", "prompt": "select_account"})
    assert signed_in.browser.get(posted["Location"])["Location"].endswith("/select")
