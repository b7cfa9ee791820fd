"""Recovery codes: NIST SP 800-63B-4, 3.1.2, 4.2.1; OIDC.md G10 (limits); R-5.2-3, R-9.4-9."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from idp.authentication import recovery_code, throttle
from idp.authentication.recovery_code import RecoveryCodes
from idp.models import RecoveryCode, SecurityEvent, User
from tests.conformance.authentication_method import AuthenticationMethodConformance
from tests.factories import a_person

BROWSER, OTHER_BROWSER = "aa" * 32, "bb" * 32
SHAPE = re.compile(r"[A-Z2-7]{4}(-[A-Z2-7]{4}){3}")


def submit(person, code, *, handle="handle", address="192.0.2.1", browser=BROWSER):
    attempt = recovery_code.attempt(person, address=address, browser=browser)
    return recovery_code.submit(handle=handle, person=person, attempt=attempt, code=code)


def at_once(work, count=4):
    """Run `work` in threads of their own; return what each came to."""

    def one(number):
        try:
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


class TestRecoveryCodesMethod(AuthenticationMethodConformance):
    method = RecoveryCodes()

    def person(self):
        return a_person().as_subject()

    def enrol(self, subject):
        person = User.objects.get(subject=subject.identifier)
        self.codes = recovery_code.make(person=person, level=1)

    def authenticate(self, subject, started):
        person = User.objects.get(subject=subject.identifier)
        return submit(person, self.codes.pop(), handle=started.handle)


@pytest.fixture
def alice(db):
    return a_person(username="alice")


@pytest.fixture
def codes(alice):
    return recovery_code.make(person=alice, level=1)


def test_ten_codes_of_eighty_bits_that_differ(codes):
    assert len(set(codes)) == 10
    assert all(SHAPE.fullmatch(code) for code in codes)


def test_nothing_that_is_kept_tells_a_code(alice, codes):
    other = a_person()
    RecoveryCode.objects.filter(user=alice).update(user=other)  # a row under another's name
    assert submit(other, codes[0]) == ""
    kept = {row.code_hmac for row in RecoveryCode.objects.all()}
    assert len(kept) == 10
    assert not any(code.replace("-", "").lower() in "".join(kept) for code in codes)


def test_each_code_is_accepted_once(alice, codes):
    assert submit(alice, codes[3])
    assert submit(alice, codes[3]) == ""
    assert submit(alice, codes[4])
    assert recovery_code.left(alice) == 8


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True, databases=["default", "biometric"])
def test_one_code_serves_one_of_several_requests_at_once():
    person = a_person()
    code = recovery_code.make(person=person, level=1)[0]
    receipts = at_once(lambda n: submit(person, code, handle=f"handle{n}", address=f"192.0.2.{n}"))
    assert len([receipt for receipt in receipts if receipt]) == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True, databases=["default", "biometric"])
def test_two_pages_that_make_codes_at_once_leave_ten():
    person = a_person()
    made = at_once(lambda _n: recovery_code.make(person=person, level=1))
    assert recovery_code.left(person) == 10
    assert sum(bool(submit(person, codes[0])) for codes in made) == 1


@pytest.mark.parametrize(
    "typed",
    [
        lambda code: code.lower(),
        lambda code: code.replace("-", ""),
        lambda code: f" {code.replace('-', ' ')} ",
        lambda code: code.replace("O", "0").replace("I", "1").replace("B", "8"),
    ],
    ids=["lower case", "no dashes", "spaces", "misread"],
)
def test_a_code_may_be_typed_as_it_was_read(alice, codes, typed):
    assert submit(alice, typed(codes[0]))


@pytest.mark.parametrize("code", ["", "AAAA", "0" * 5000, "no\x00code", "é" * 16])
def test_what_is_no_code_is_refused(alice, codes, code):
    assert submit(alice, code) == ""
    assert recovery_code.left(alice) == 10


def test_a_code_shows_a_possession_and_is_in_the_cooling_off_time(alice, codes):
    evidence = RecoveryCodes().potential(alice.as_subject())
    assert (evidence.possession, evidence.knowledge, evidence.channel) == (1, 0, 0)
    assert evidence.cooling_off == 1


@pytest.mark.parametrize(("level", "enrolment"), [(1, 1), (2, 1), (3, 2)])
def test_codes_are_enrolled_as_strongly_as_the_session_was(alice, level, enrolment):
    recovery_code.make(person=alice, level=level)
    assert RecoveryCodes().potential(alice.as_subject()).enrolment == enrolment


def test_using_one_starts_the_cooling_off_time_and_a_wrong_one_does_not(alice, codes):
    submit(alice, "wrong")
    alice.refresh_from_db()
    assert not alice.cooling_off_until
    submit(alice, codes[0])
    alice.refresh_from_db()
    assert alice.cooling_off_until
    left = alice.cooling_off_until - timezone.now()
    assert timedelta(hours=23) < left <= timedelta(hours=24)


def test_codes_outlive_a_change_of_the_server_s_secret_that_keeps_the_old_one(
    alice, codes, settings
):
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another"
    assert submit(alice, codes[0]) == ""
    settings.SECRET_KEY_FALLBACKS = [old]
    assert submit(alice, codes[0])


def test_new_codes_replace_the_old_ones(alice, codes):
    new = recovery_code.make(person=alice, level=1)
    assert submit(alice, codes[0]) == ""
    assert submit(alice, new[0])


def test_when_the_last_code_is_spent_there_is_no_such_way(alice, codes):
    RecoveryCode.objects.update(used_at=timezone.now())
    assert RecoveryCodes().potential(alice.as_subject()) is None


def test_what_is_done_is_recorded_without_codes(alice, codes):
    submit(alice, "wrong")
    submit(alice, codes[0])
    assert recovery_code.remove(alice)
    assert not recovery_code.remove(alice)
    assert list(SecurityEvent.objects.values_list("kind", "details")) == [
        ("recovery_codes.made", {}),
        ("sign_in.failed", {"method": "recovery_code"}),
        ("recovery_code.used", {}),
        ("recovery_codes.removed", {}),
    ]


def test_g10_guessing_codes_ends_and_spends_no_other_budget(alice, codes):
    for _ in range(throttle.PER_ACCOUNT_AND_ADDRESS.attempts):
        submit(alice, "no code")
    assert submit(alice, codes[0]) == ""
    assert throttle.Attempt("alice", "198.51.100.7", BROWSER).allowed()


def test_g10_a_stranger_at_another_address_locks_nobody_out(alice, codes):
    for _ in range(30):
        submit(alice, "no code", address="198.51.100.7", browser=OTHER_BROWSER)
    assert submit(alice, codes[0])
