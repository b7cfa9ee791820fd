"""R-9.4-9, T-8.3-13; OIDC.md G9 (no enumeration): recoveries, whose they are and what they end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from idp import tasks
from idp.authentication import recovery
from idp.models import Letter, Passkey, Recovery, Session, User
from idp.protocol.recovery import Way
from tests.factories import a_person, a_session
from tests.idp.authentication import test_one_time_code as apps
from tests.idp.authentication.test_letters import reachable
from tests.idp.authentication.test_passkey import register
from tests.idp.authentication.test_recovery_code import at_once

BOTH = ["default", "biometric"]  # whether a person has a face
pytestmark = pytest.mark.django_db(databases=BOTH)
BROWSER, OTHER_BROWSER = "aa" * 32, "bb" * 32
NEW = "seven green umbrellas"


def asked(name, *, browser=BROWSER):
    """Return the recovery that somebody asked for, once a worker has looked it up."""
    row = recovery.ask(name=name, browser=browser, language="en")
    tasks.begin_recovery(str(row))
    return Recovery.objects.get(pk=row)


def opened(person):
    row = asked(person.username)
    assert Recovery.objects.open(row.pk, browser=BROWSER, now=timezone.now())
    row.refresh_from_db()
    return row


@pytest.fixture
def alice():
    return reachable(username="alice")


@pytest.mark.parametrize("name", ["alice", "alice@example.org", " ALICE@example.org "])
def test_a_person_is_found_by_user_name_or_confirmed_address(alice, name):
    row = asked(name)
    assert row.user == alice
    assert row.asked == ""
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("nobody", {}),
        ("al\0ice", {}),
        ("", {}),
        ("x" * 5000, {}),
        ("alice", {"claims": {"email_verified": False}}),
        ("alice", {"is_active": False}),
        ("alice", {"is_staff": True}),
    ],
)
def test_nobody_else_gets_a_letter_and_what_was_typed_is_forgotten(name, fields):
    reachable(username="alice", **fields)
    assert asked(name).asked == ""
    assert mail.outbox == []


def test_an_address_of_two_people_is_nobody_s(alice):
    reachable(username="bob")
    assert asked("alice@example.org").user is None


def test_looking_up_twice_sends_one_letter(alice):
    row = asked("alice")
    assert not tasks.begin_recovery(str(row.pk))
    assert len(mail.outbox) == 1


def test_however_often_somebody_asks_the_mailbox_stays_usable(alice):
    for name in ("alice", "alice@example.org") * 5:
        asked(name)
    assert len(mail.outbox) == recovery.MOST_LETTERS


def test_a_link_opens_once_in_its_own_browser_and_in_time(alice):
    row, now = asked("alice"), timezone.now()
    opens = Recovery.objects.open
    assert not opens(row.pk, browser=OTHER_BROWSER, now=now)
    assert not opens(row.pk, browser=BROWSER, now=now + timedelta(minutes=16))
    assert opens(row.pk, browser=BROWSER, now=now)
    assert not opens(row.pk, browser=BROWSER, now=now)


def test_the_help_desk_s_link_belongs_to_the_browser_that_opens_it(alice):
    recovery.start(alice, by="helen", language="de")
    row, now = Recovery.objects.get(), timezone.now()
    assert Recovery.objects.open(row.pk, browser=OTHER_BROWSER, now=now)
    assert not Recovery.objects.open(row.pk, browser=BROWSER, now=now)


def test_the_help_desk_cannot_write_where_nobody_confirmed_an_address():
    assert recovery.start(a_person(), by="helen", language="en") is None
    assert not Recovery.objects.exists()


def test_it_takes_two_people_to_vouch(alice):
    recovery.start(alice, by="helen", language="en")
    row = Recovery.objects.get()
    assert not recovery.vouch(row, by="helen")
    assert recovery.vouch(row, by="hugo")
    assert not recovery.vouch(row, by="hanna")
    asked_alone = asked("alice")
    assert not recovery.vouch(asked_alone, by="hugo")  # nobody of the help desk began it


def test_the_database_holds_that_two_people_vouch(alice):
    recovery.start(alice, by="helen", language="en")
    with pytest.raises(IntegrityError), transaction.atomic():
        Recovery.objects.update(vouched_by="helen")


def test_what_an_account_knows_of_its_person(alice):
    assert recovery.account(alice) == {Way.EMAIL, Way.PASSWORD}
    register(alice)
    apps.set_up(alice)
    assert recovery.account(alice) == {Way.EMAIL, Way.PASSWORD, Way.PASSKEY, Way.ONE_TIME_CODE}


def test_a_recovery_replaces_ends_and_cools_off(alice):
    a_session(alice)
    row = opened(alice)
    assert recovery.finish(row, alice, password=NEW, replaced={Way.PASSWORD}) is not None
    alice = User.objects.get()
    assert alice.check_password(NEW)
    assert alice.cooling_off_until > timezone.now() + timedelta(hours=23)
    assert not Session.objects.filter(ended_at=None).exists()
    assert Letter.objects.filter(kind=Letter.Kind.RECOVERED).count() == 1


def test_a_recovery_is_finished_once(alice):
    row = opened(alice)
    recovery.finish(row, alice, password=NEW, replaced={Way.PASSWORD})
    assert recovery.finish(row, alice, password="another", replaced={Way.PASSWORD}) is None
    assert User.objects.get().check_password(NEW)


def test_nothing_is_replaced_that_the_rules_do_not_give(alice):
    register(alice)
    row = opened(alice)
    assert recovery.replaceable(row, alice) == frozenset()
    for replaced in ({Way.PASSWORD}, {Way.PASSKEY}, set()):
        assert recovery.finish(row, alice, password=NEW, replaced=replaced) is None
    assert Passkey.objects.exists()


def test_a_proof_of_somebody_else_shows_nothing(alice):
    row, bob = opened(alice), reachable(username="bob", email="bob@example.org")
    apps.set_up(alice)
    apps.set_up(bob)
    code = apps.code_at(timezone.now())
    receipt = apps.submit(bob, code, handle=recovery.handle(row))
    assert receipt
    assert not recovery.prove(row, alice, Way.ONE_TIME_CODE, receipt)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True, databases=BOTH)
def test_of_several_that_press_the_button_at_once_one_opens_and_one_finishes():
    person = reachable(username="alice")
    row, now = asked("alice"), timezone.now()
    opens = at_once(lambda _n: Recovery.objects.open(row.pk, browser=BROWSER, now=now))
    assert sorted(opens) == [False, False, False, True]
    row.refresh_from_db()
    finished = at_once(
        lambda _n: recovery.finish(
            row, User.objects.get(pk=person.pk), password=NEW, replaced={Way.PASSWORD}
        )
    )
    assert len([notices for notices in finished if notices is not None]) == 1
