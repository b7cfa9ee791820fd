"""OpenID Connect Core 5.1 (`email_verified`); R-9.4-9: an address counts once it is confirmed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client as Browser
from django.utils import timezone

from idp import tasks
from idp.authentication import addresses, letters
from idp.models import Letter, SecurityEvent, User
from tests.factories import a_person
from tests.idp.relying_party import signed_in_browser

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])


@pytest.fixture
def alice():
    return a_person(username="alice", email="alice@example.org", claims={"email_verified": False})


@pytest.fixture
def browser(alice):
    return signed_in_browser(alice)


def link():
    """Send what waits; return the path of the newest link."""
    letter = Letter.objects.latest("created_at")
    tasks.send_letter(str(letter.pk))
    path = letters.link(letter).removeprefix("http://localhost:8000")
    assert path in mail.outbox[-1].body
    return path


def test_an_address_is_confirmed_by_its_link_and_a_button(browser, alice):
    assert "address-ask" in browser.get("/account/").content.decode()
    asked = browser.post("/account/address/confirm").content.decode()
    assert 'id="address-sent"' in asked
    path = link()
    assert "address-confirm" in browser.get(path).content.decode()
    assert not addresses.is_confirmed(User.objects.get())
    assert browser.post(path)["Location"] == "/account/"
    assert addresses.is_confirmed(User.objects.get())
    assert "address-ask" not in browser.get("/account/").content.decode()
    assert browser.post(path).status_code == 400
    assert SecurityEvent.objects.filter(kind="address.confirmed").count() == 1


def test_the_link_works_for_the_account_s_own_person_alone(browser, alice):
    browser.post("/account/address/confirm")
    path = link()
    stranger = Browser()
    assert stranger.post(path)["Location"].startswith("/account/sign-in")
    assert signed_in_browser(a_person()).post(path).status_code == 400
    forged = path[:-1] + ("0" if path[-1] != "0" else "1")
    assert browser.post(forged).status_code == 400
    assert not addresses.is_confirmed(User.objects.get(pk=alice.pk))


@pytest.mark.parametrize("change", ["address", "age"])
def test_an_old_link_or_one_for_another_address_confirms_nothing(browser, alice, change):
    browser.post("/account/address/confirm")
    path = link()
    if change == "address":
        User.objects.update(email="other@example.org")
    else:
        Letter.objects.update(created_at=timezone.now() - timedelta(days=1))
    assert browser.get(path).status_code == 400
    assert browser.post(path).status_code == 400


def test_a_letter_of_another_kind_confirms_nothing(browser, alice):
    letter = letters.write(alice, Letter.Kind.PASSKEY_ADDED, address=alice.email)
    path = letters.link(Letter.objects.get(pk=letter)).removeprefix("http://localhost:8000")
    assert browser.post(path).status_code == 400


def test_few_letters_go_where_nobody_has_confirmed(browser, alice):
    other = a_person(email="ALICE@example.org")
    for _ in range(4):
        browser.post("/account/address/confirm")
    signed_in_browser(other).post("/account/address/confirm")
    assert Letter.objects.count() == addresses.MOST_LETTERS


def test_a_confirmed_address_is_written_to_no_more(browser, alice):
    User.objects.update(claims={"email_verified": True})
    browser.post("/account/address/confirm")
    assert not Letter.objects.exists()


def test_the_page_needs_a_session(alice):
    assert Browser().post("/account/address/confirm")["Location"].startswith("/account/sign-in")
