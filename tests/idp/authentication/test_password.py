"""Password: OIDC.md G9 (no enumeration), G10 (limits that lock nobody out); R-9.2-10."""

from __future__ import annotations

import pytest
from django.contrib.auth import hashers

from idp.authentication import password, throttle
from idp.authentication.password import Password
from idp.authentication.throttle import Attempt
from idp.models import SecurityEvent, User
from tests.conformance.authentication_method import AuthenticationMethodConformance
from tests.factories import PASSWORD, a_person

BROWSER, OTHER_BROWSER = "aa" * 32, "bb" * 32


class TestPasswordMethod(AuthenticationMethodConformance):
    method = Password()

    def person(self):
        person = a_person()
        person.set_unusable_password()
        person.save()
        return person.as_subject()

    def enrol(self, subject):
        person = User.objects.get(subject=subject.identifier)
        person.set_password(PASSWORD)
        person.save()

    def authenticate(self, subject, started):
        person = User.objects.get(subject=subject.identifier)
        return submit(person.username, PASSWORD, handle=started.handle)


def submit(username, secret, *, handle="handle", address="192.0.2.1", browser=BROWSER):
    return password.submit(
        handle=handle, attempt=Attempt(username, address, browser), password=secret
    )


@pytest.mark.django_db
@pytest.mark.parametrize("username", ["alice", "nobody", "with\0null", ""])
def test_g9_unknown_and_known_names_run_the_hasher_once(monkeypatch, username):
    a_person(username="alice")
    runs = []
    original = hashers.MD5PasswordHasher.encode

    def counted(self, secret, salt):
        runs.append(secret)
        return original(self, secret, salt)

    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", counted)
    assert submit(username, "wrong") == ""
    assert len(runs) == 1


@pytest.mark.django_db
def test_g9_a_closed_account_is_answered_like_a_wrong_password():
    a_person(username="alice", is_active=False)
    assert submit("alice", PASSWORD) == ""


@pytest.mark.django_db
def test_an_endless_password_is_refused_without_hashing(monkeypatch):
    a_person(username="alice")
    monkeypatch.setattr(password, "make_password", None)
    assert submit("alice", "x" * (password.LONGEST + 1)) == ""


@pytest.mark.django_db
def test_a_failure_is_recorded_without_what_was_typed():
    a_person(username="alice")
    submit("alice", "wrong secret")
    submit("a password typed as a name", "wrong secret")
    rows = list(SecurityEvent.objects.values_list("kind", "details"))
    assert rows == [("sign_in.failed", {"method": "password"})] * 2


@pytest.mark.django_db
def test_g10_guessing_from_one_address_ends():
    a_person(username="alice")
    for _ in range(throttle.PER_ACCOUNT_AND_ADDRESS.attempts):
        submit("alice", "wrong")
    assert submit("alice", PASSWORD) == ""


@pytest.mark.django_db
def test_g10_guessing_many_accounts_from_one_address_ends():
    a_person(username="alice")
    for number in range(throttle.PER_ADDRESS.attempts):
        submit(f"person{number}", "wrong")
    assert submit("alice", PASSWORD) == ""


@pytest.mark.django_db
def test_g10_a_stranger_at_another_address_locks_nobody_out():
    a_person(username="alice")
    for _ in range(30):
        submit("alice", "wrong", address="198.51.100.7", browser=OTHER_BROWSER)
    assert submit("alice", PASSWORD)


@pytest.mark.django_db
def test_g10_many_strangers_do_not_lock_out_a_browser_that_the_account_knows():
    a_person(username="alice")
    assert submit("alice", PASSWORD)
    for number in range(throttle.PER_ACCOUNT.attempts + 1):
        submit("alice", "wrong", address=f"198.51.100.{number}", browser=OTHER_BROWSER)
    assert submit("alice", PASSWORD, address="203.0.113.9", browser=OTHER_BROWSER) == ""
    assert submit("alice", PASSWORD)


@pytest.mark.django_db
def test_g10_a_known_browser_has_a_limit_too():
    a_person(username="alice")
    assert submit("alice", PASSWORD)
    for _ in range(throttle.PER_KNOWN_BROWSER.attempts):
        submit("alice", "wrong")
    assert submit("alice", PASSWORD) == ""


@pytest.mark.django_db
def test_g9_limits_do_not_tell_known_from_unknown_names():
    a_person(username="alice")
    counts = {}
    for name in ("alice", "nobody"):
        attempts = [Attempt(name, "192.0.2.9", BROWSER).allowed() for _ in range(12)]
        counts[name] = attempts
    assert counts["alice"] == counts["nobody"]
