"""Pages of a recovery: R-9.4-9, R-5.2-1, T-8.3-13; OIDC.md G9 (no enumeration), G10 (limits)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client as Browser
from django.utils import timezone

from idp import tasks
from idp.authentication import recovery, recovery_code, throttle
from idp.models import AuthenticationEvent, OneTimeCodeSecret, Passkey, Recovery, User
from tests.factories import PASSWORD
from tests.idp.authentication import test_one_time_code as apps
from tests.idp.authentication.test_passkey import register
from tests.idp.endpoints.stub_face import StubFace

pytestmark = pytest.mark.django_db
NEW = "seven green umbrellas"
NEW_TWICE = {"new_password1": NEW, "new_password2": NEW}


@pytest.fixture
def alice(alice):
    alice.email, alice.claims = "alice@example.org", {"email_verified": True}
    alice.date_joined = timezone.now() - timedelta(days=30)
    alice.save()
    return alice


@pytest.fixture
def browser(_provider):
    return Browser()


def ask(browser, name="alice"):
    """Ask for a link and let the worker run; return the link, where one was sent."""
    before = len(mail.outbox)
    response = browser.post("/recover/", {"name": name})
    for row in Recovery.objects.waiting():
        tasks.begin_recovery(str(row.pk))
    sent = "".join(str(message.body) for message in mail.outbox[before:])
    found = re.search(r"/recover/[\w/-]+", sent)
    return response, found[0] if found else ""


def open_link(browser, link):
    """Look at the link and press the button; return the path of the recovery."""
    assert 'data-page="recover-link"' in browser.get(link).content.decode()
    return browser.post(link)["Location"]


def begun(browser):
    return open_link(browser, ask(browser)[1])


def page(browser, path):
    return browser.get(path).content.decode()


def test_somebody_who_forgot_the_password_sets_another_one(browser, alice):
    path = begun(browser)
    assert 'data-page="recover-replace"' in page(browser, path)
    done = browser.post(f"{path}replace", NEW_TWICE)
    assert done["Location"] == "/recover/done"
    assert 'data-page="recover-done"' in page(browser, done["Location"])
    alice.refresh_from_db()
    assert alice.check_password(NEW)
    assert not AuthenticationEvent.objects.exists()  # nobody is signed in by a recovery


def test_the_login_page_leads_there(browser, alice):
    login = browser.get("/account/sign-in")["Location"]
    assert 'href="/recover/"' in page(browser, login)
    assert 'data-page="recover"' in page(browser, "/recover/")


def test_g9_the_answer_is_the_same_for_every_name(browser, alice, django_assert_num_queries):
    answers = []
    for name in ("alice", "nobody", "alice@example.org", "x" * 5000, "\0"):
        with django_assert_num_queries(1):  # the row; no account is looked up
            answered = browser.post("/recover/", {"name": name})
        answers.append((answered.status_code, answered["Location"]))
    assert set(answers) == {(303, "/recover/sent")}
    assert 'data-page="recover-sent"' in page(browser, "/recover/sent")


def test_g10_names_and_addresses_have_limits(browser, alice):
    for _ in range(throttle.PER_NAME_OF_RECOVERIES.attempts + 2):
        assert browser.post("/recover/", {"name": "alice"})["Location"] == "/recover/sent"
    assert Recovery.objects.count() == throttle.PER_NAME_OF_RECOVERIES.attempts
    for number in range(throttle.PER_ADDRESS_OF_RECOVERIES.attempts):
        limited = browser.post("/recover/", {"name": f"name{number}"})
    assert limited.status_code == 429
    assert "recover-error" in limited.content.decode()


def test_a_link_works_once_in_its_browser_and_in_time(browser, alice):
    _, link = ask(browser)
    stranger = Browser()
    assert stranger.get(link).status_code == 400
    assert stranger.post(link).status_code == 400
    assert browser.get(link[:-1] + ("0" if link[-1] != "0" else "1")).status_code == 400
    path = open_link(browser, link)
    assert browser.get(link).status_code == 400
    assert browser.post(link).status_code == 400
    assert stranger.get(path).status_code == 400
    assert Browser().get(path).status_code == 400
    Recovery.objects.update(expires_at=timezone.now())
    assert browser.get(path).status_code == 400


def test_an_old_link_does_not_open(browser, alice):
    _, link = ask(browser)
    Recovery.objects.update(expires_at=timezone.now())
    assert browser.get(link).status_code == 400


def test_looking_at_a_link_uses_nothing_up(browser, alice):
    _, link = ask(browser)
    browser.get(link)
    browser.head(link)
    assert open_link(browser, link)


def test_a_weak_or_mistyped_password_is_refused(browser, alice):
    path = begun(browser)
    for given in ({"new_password1": NEW, "new_password2": "other"}, {"new_password1": "short",
                  "new_password2": "short"}, {}):  # fmt: skip
        answer = browser.post(f"{path}replace", given)
        assert answer.status_code == 400
        assert "recover-error" in answer.content.decode()
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_an_account_with_a_passkey_asks_for_a_second_thing(browser, alice):
    register(alice)
    path = begun(browser)
    shown = page(browser, path)
    assert 'data-page="recover-show"' in shown
    assert "passkey-use" in shown
    assert "recover-password" in shown
    refused = browser.post(f"{path}replace", NEW_TWICE | {"lost": "passkey"})
    assert refused["Location"].endswith("failed=1")
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)
    assert Passkey.objects.exists()


def test_a_passkey_replaces_a_forgotten_password(browser, alice):
    authenticator, _ = register(alice)
    path = begun(browser)
    options = browser.post(f"{path}passkey/options").content.decode()
    answered = browser.post(f"{path}passkey", {"credential": authenticator.get(options)})
    assert answered["Location"] == path
    assert browser.post(f"{path}replace", NEW_TWICE)["Location"] == "/recover/done"
    assert Passkey.objects.exists()
    assert User.objects.get().check_password(NEW)


def test_a_passkey_of_somebody_else_shows_nothing(browser, alice):
    register(alice)
    other = User.objects.create_user("mallory")
    authenticator, _ = register(other, handle="other")
    path = begun(browser)
    options = browser.post(f"{path}passkey/options").content.decode()
    answered = browser.post(f"{path}passkey", {"credential": authenticator.get(options)})
    assert answered["Location"].endswith("failed=1")


def test_a_recovery_code_removes_a_lost_passkey_and_app(browser, alice):
    register(alice)
    apps.set_up(alice)
    codes = recovery_code.make(person=alice, level=1)
    path = begun(browser)
    wrong = browser.post(f"{path}show", {"way": "recovery_code", "value": "no code"})
    assert browser.get(wrong["Location"]).status_code == 400
    browser.post(f"{path}show", {"way": "recovery_code", "value": codes[0]})
    assert {"lost_passkey", "lost_one_time_code"} <= set(
        re.findall(r'id="(lost_\w+)"', page(browser, path))
    )
    lost = {"lost": ["passkey", "one_time_code"]}
    assert browser.post(f"{path}replace", NEW_TWICE | lost)["Location"] == "/recover/done"
    assert not Passkey.objects.exists()
    assert not OneTimeCodeSecret.objects.exists()
    assert recovery_code.left(alice) == 9


def test_the_password_removes_a_lost_app_and_is_itself_not_replaced(browser, alice):
    apps.set_up(alice)
    path = begun(browser)
    browser.post(f"{path}show", {"way": "password", "value": PASSWORD})
    assert "new_password1" not in page(browser, path)
    nothing = browser.post(f"{path}replace", {})
    assert "recover-error" in page(browser, nothing["Location"])
    done = browser.post(f"{path}replace", {"lost": "one_time_code"} | NEW_TWICE)
    assert done["Location"] == "/recover/done"
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_a_one_time_code_replaces_a_forgotten_password(browser, alice):
    apps.set_up(alice)
    path = begun(browser)
    code = apps.code_at(timezone.now())
    browser.post(f"{path}show", {"way": "one_time_code", "value": code})
    assert browser.post(f"{path}replace", NEW_TWICE)["Location"] == "/recover/done"


@pytest.mark.parametrize("way", ["face", "email", "vouched", "passkey", "", "\0", "recovery_code"])
def test_a_way_that_the_account_has_not_or_that_is_none_shows_nothing(browser, alice, way):
    StubFace.enrolled.add(alice.subject)
    path = begun(browser)
    browser.post(f"{path}show", {"way": way, "value": PASSWORD})
    assert 'data-page="recover-show"' in page(browser, path)


def test_a_face_is_protected_by_more_than_a_message_and_never_asked_for(browser, alice):
    StubFace.enrolled.add(alice.subject)
    path = begun(browser)
    shown = page(browser, path)
    assert "recover-password" in shown  # a face is enrolled beside a password
    User.objects.update(password="!")
    shown = page(browser, path)
    assert "<form" not in shown
    assert "help desk" in shown
    assert browser.post(f"{path}replace", NEW_TWICE)["Location"].endswith("failed=1")


def test_two_of_the_help_desk_let_somebody_on_who_has_nothing_left(browser, alice):
    User.objects.update(password="!")
    StubFace.enrolled.add(alice.subject)
    recovery.start(alice, by="helen", language="en")
    row = Recovery.objects.get()
    from idp.authentication import letters  # noqa: PLC0415 - the worker's

    path = open_link(browser, letters.link(row).removeprefix("http://localhost:8000"))
    assert browser.post(f"{path}replace", NEW_TWICE)["Location"].endswith("failed=1")
    assert recovery.vouch(row, by="hugo")
    assert browser.post(f"{path}replace", NEW_TWICE)["Location"] == "/recover/done"


def test_after_a_recovery_levels_stop_at_two(browser, alice, visitor, bank):
    authenticator, _ = register(alice)
    path = begun(browser)
    options = browser.post(f"{path}passkey/options").content.decode()
    browser.post(f"{path}passkey", {"credential": authenticator.get(options)})
    browser.post(f"{path}replace", NEW_TWICE)
    visitor.sign_in(visitor.browser.get("/account/sign-in"), password=NEW)
    loa3 = visitor.ask(acr_values="urn:countersign:acr:loa3", essential="1").json()
    assert loa3["error"].startswith("unmet")
    assert 'id="cooling-off"' in page(visitor.browser, "/account/")


def test_a_closed_account_ends_the_recovery(browser, alice):
    path = begun(browser)
    User.objects.update(is_active=False)
    assert browser.get(path).status_code == 400
