"""One-time codes: RFC 6238 (vectors, 5.2); OIDC.md G10 (limits that lock nobody out); R-5.2-3."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.db import connection
from django.utils import timezone

from idp.authentication import one_time_code, throttle
from idp.authentication.one_time_code import OneTimeCode
from idp.models import OneTimeCodeSecret, SecurityEvent, User
from tests.conformance.authentication_method import AuthenticationMethodConformance
from tests.factories import a_person

SECRET = b"12345678901234567890"
BROWSER, OTHER_BROWSER = "aa" * 32, "bb" * 32


def code_at(moment):
    """Return what an app with `SECRET` shows at `moment`."""
    return TOTP(SECRET, 6, SHA1(), 30).generate(int(moment.timestamp())).decode()


def set_up(person):
    """Set an app up, a while ago."""
    assert one_time_code.add(person=person, secret=SECRET, code=code_at(timezone.now()), level=1)
    OneTimeCodeSecret.objects.filter(user=person).update(last_step=0)


def submit(person, code, *, handle="handle", address="192.0.2.1", browser=BROWSER):
    attempt = one_time_code.attempt(person, address=address, browser=browser)
    return one_time_code.submit(handle=handle, person=person, attempt=attempt, code=code)


class TestOneTimeCodeMethod(AuthenticationMethodConformance):
    method = OneTimeCode()

    def person(self):
        return a_person().as_subject()

    def enrol(self, subject):
        set_up(User.objects.get(subject=subject.identifier))

    def authenticate(self, subject, started):
        person = User.objects.get(subject=subject.identifier)
        OneTimeCodeSecret.objects.update(last_step=0)
        return submit(person, code_at(timezone.now()), handle=started.handle)


@pytest.fixture
def alice(db):
    person = a_person(username="alice")
    set_up(person)
    return person


@pytest.mark.parametrize(
    ("second", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_rfc_6238_appendix_b(second, code):
    moment = datetime.fromtimestamp(second, UTC)
    assert one_time_code._step_of(SECRET, code, moment) == second // 30


def test_a_code_serves_one_step_early_or_late_and_no_more():
    now = timezone.now()
    found = [
        one_time_code._step_of(SECRET, code_at(now + timedelta(seconds=30 * steps)), now)
        for steps in (-2, -1, 0, 1, 2)
    ]
    current = int(now.timestamp()) // 30
    assert found == [None, current - 1, current, current + 1, None]


def test_each_code_is_accepted_once(alice):
    code = code_at(timezone.now())
    assert submit(alice, code)
    assert submit(alice, code) == ""


def test_a_code_of_an_earlier_step_is_spent_with_a_later_one(alice):
    now = timezone.now()
    assert submit(alice, code_at(now + timedelta(seconds=30)))
    assert submit(alice, code_at(now)) == ""


def test_the_code_that_set_the_app_up_is_spent(db):
    person, code = a_person(), code_at(timezone.now())
    assert one_time_code.add(person=person, secret=SECRET, code=code, level=1)
    assert submit(person, code) == ""


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_one_code_serves_one_of_two_requests_at_once():
    person = a_person()
    set_up(person)
    code = code_at(timezone.now())

    def at_once(number):
        try:
            return submit(person, code, handle=f"handle{number}", address=f"192.0.2.{number}")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        receipts = list(pool.map(at_once, range(4)))
    assert len([receipt for receipt in receipts if receipt]) == 1


@pytest.mark.parametrize("code", ["", "000", "0" * 5000, "abcdef", "١٢٣٤٥٦", "12\x003456"])
def test_what_is_no_code_is_refused(alice, code):
    assert submit(alice, code) == ""


def test_a_person_may_type_the_code_as_the_app_shows_it(alice):
    code = code_at(timezone.now())
    assert submit(alice, f" {code[:3]} {code[3:]} ")


def test_after_a_change_of_the_server_s_secret_a_code_is_refused_and_the_operator_told(
    alice, settings, caplog
):
    settings.SECRET_KEY = "another"
    assert submit(alice, code_at(timezone.now())) == ""
    assert "cannot be opened" in caplog.text


def test_the_secret_is_sealed_for_its_person(alice):
    sealed = bytes(OneTimeCodeSecret.objects.get().sealed)
    assert SECRET not in sealed
    assert base64.b32encode(SECRET) not in sealed


def test_one_app_for_each_person(alice):
    code = code_at(timezone.now())
    assert not one_time_code.add(person=alice, secret=SECRET, code=code, level=1)
    assert SecurityEvent.objects.filter(kind="one_time_code.added").count() == 1


@pytest.mark.parametrize(("level", "enrolment"), [(1, 1), (2, 1), (3, 2)])
def test_an_app_is_enrolled_as_strongly_as_the_session_was(db, level, enrolment):
    person, code = a_person(), code_at(timezone.now())
    one_time_code.add(person=person, secret=SECRET, code=code, level=level)
    evidence = OneTimeCode().potential(person.as_subject())
    assert (evidence.possession, evidence.channel, evidence.enrolment) == (1, 0, enrolment)


def test_removing_it_is_recorded_once(alice):
    assert one_time_code.remove(alice)
    assert not one_time_code.remove(alice)
    kinds = list(SecurityEvent.objects.values_list("kind", flat=True))
    assert kinds == ["one_time_code.added", "one_time_code.removed"]


def test_a_failure_is_recorded_without_what_was_typed(alice):
    submit(alice, "000 000 0")
    row = SecurityEvent.objects.get(kind="sign_in.failed")
    assert (row.subject, row.details) == (alice.subject, {"method": "one_time_code"})


def test_g10_guessing_codes_ends(alice):
    for _ in range(throttle.PER_ACCOUNT_AND_ADDRESS.attempts):
        submit(alice, "no code")
    assert submit(alice, code_at(timezone.now())) == ""


def test_g10_a_stranger_at_another_address_locks_nobody_out(alice):
    for _ in range(30):
        submit(alice, "no code", address="198.51.100.7", browser=OTHER_BROWSER)
    assert submit(alice, code_at(timezone.now()))


def test_g10_guessing_codes_does_not_spend_the_attempts_of_the_password(alice):
    for _ in range(30):
        submit(alice, "no code", address="198.51.100.7")
    assert throttle.Attempt("alice", "198.51.100.7", BROWSER).allowed()
