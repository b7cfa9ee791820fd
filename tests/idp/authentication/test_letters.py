"""R-9.4-9 (all recoveries notify), T-8.3-13: letters to people. STYLE 11: sent once, never lost."""

from __future__ import annotations

from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone, translation

from idp import tasks
from idp.authentication import letters, one_time_code, recovery, recovery_code
from idp.authentication.letter_words import WORDS
from idp.models import Letter, Recovery, SecurityEvent
from idp.models.logout_notice import MOST_ATTEMPTS
from tests.factories import a_person
from tests.idp.authentication.test_one_time_code import SECRET, code_at
from tests.idp.authentication.test_passkey import register

pytestmark = pytest.mark.django_db
Kind = Letter.Kind


def reachable(**fields):
    """Return somebody with a confirmed address, whose account is not new."""
    claims = {"email_verified": True} | fields.pop("claims", {})
    old = timezone.now() - timedelta(days=30)
    defaults = {"email": "alice@example.org", "claims": claims, "date_joined": old}
    return a_person(**defaults | fields)


def posted():
    """Send what is in the outbox; return the texts."""
    for letter in Letter.objects.all():
        tasks.send_letter(str(letter.pk))
    return [message.body for message in mail.outbox]


@pytest.fixture
def alice():
    return reachable()


def test_every_kind_of_letter_has_its_words():
    assert set(WORDS) == set(Kind)


def test_a_letter_goes_to_a_confirmed_address_alone():
    for claims in ({}, {"email_verified": False}, {"email_verified": "true"}):
        person = a_person(email="somebody@example.org", claims=claims)
        assert letters.tell(person, Kind.PASSKEY_ADDED) is None
    assert letters.tell(a_person(claims={"email_verified": True}), Kind.PASSKEY_ADDED) is None


def test_a_letter_is_sent_once(alice):
    letter = letters.tell(alice, Kind.PASSKEY_ADDED)
    assert tasks.send_letter(str(letter))
    assert not tasks.send_letter(str(letter))
    [message] = mail.outbox
    assert message.to == ["alice@example.org"]
    assert message.subject == "A passkey was added"
    assert "/account/" in message.body


@pytest.mark.parametrize(
    ("claims", "page", "subject"),
    [
        ({"locale": "fr-CH"}, "de", "Une clé d\N{RIGHT SINGLE QUOTATION MARK}accès a été ajoutée"),
        ({}, "de", "Ein Passkey wurde hinzugefügt"),
        ({"locale": "xx"}, "en", "A passkey was added"),
    ],
)
def test_a_letter_speaks_the_person_s_language_else_the_page_s(claims, page, subject):
    with translation.override(page):
        letters.tell(reachable(claims=claims), Kind.PASSKEY_ADDED)
    posted()
    assert mail.outbox[0].subject == subject


def test_what_a_mail_server_refuses_is_tried_again_and_given_up_in_the_end(
    alice, monkeypatch, caplog
):
    def refuse(_backend, messages):
        raise SMTPServerDisconnected(*messages[0].to)

    letter, now = letters.tell(alice, Kind.PASSKEY_ADDED), timezone.now()
    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", refuse)
        assert not letters.send(letter, now=now)
        assert not letters.send(letter, now=now)  # not due yet
        assert Letter.objects.get().attempts == 1
        for day in range(1, MOST_ATTEMPTS):
            letters.send(letter, now=now + timedelta(days=day))
    assert Letter.objects.get().state == Letter.State.GIVEN_UP
    assert SecurityEvent.objects.get(kind="letter.not_sent").details == {"letter": "passkey_added"}
    assert "alice@example.org" not in caplog.text


def test_a_letter_that_was_refused_once_arrives_later(alice, monkeypatch):
    letter, now = letters.tell(alice, Kind.PASSKEY_ADDED), timezone.now()
    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):  # the worker dies: the lease ends
            letters.send(letter, now=now)
    assert not letters.send(letter, now=now)
    assert letters.send(letter, now=now + timedelta(minutes=2))


def test_a_lost_message_is_found_by_the_sweep(alice, django_capture_on_commit_callbacks):
    letter = letters.tell(alice, Kind.PASSKEY_ADDED)
    row = recovery.ask(name="alice", browser="", language="en")
    Recovery.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    with django_capture_on_commit_callbacks() as queued:
        assert tasks.sweep_letters() == 2
    assert [job.args[1] for job in queued] == [str(letter), str(row)]


def test_new_keys_codes_and_passwords_are_told(alice):
    register(alice)
    one_time_code.add(person=alice, secret=SECRET, code=code_at(timezone.now()), level=1)
    codes = recovery_code.make(person=alice, level=1)
    attempt = recovery_code.attempt(alice, address="192.0.2.1", browser="")
    recovery_code.submit(handle="handle", person=alice, attempt=attempt, code=codes[0])
    alice.set_password("another long enough password")
    alice.save()
    told = list(Letter.objects.order_by("created_at").values_list("kind", flat=True))
    assert told == [
        Kind.PASSKEY_ADDED,
        Kind.CODE_APP_ADDED,
        Kind.RECOVERY_CODES_MADE,
        Kind.RECOVERY_CODE_USED,
        Kind.PASSWORD_CHANGED,
    ]
    said = "".join(posted())
    for secret in (*codes, "another long enough password", SECRET.decode()):
        assert secret not in said


def test_the_first_password_of_an_account_is_no_change():
    reachable(date_joined=timezone.now())
    assert not Letter.objects.exists()


def test_the_link_is_in_one_kind_of_letter_and_in_no_row(alice):
    recovery.look_up(recovery.ask(name=alice.username, browser="aa" * 32, language="en"))
    [said] = posted()
    row = Recovery.objects.get()
    token = letters.link(row).rsplit("/", 1)[1]
    assert letters.link(row) in said
    kept = [*Letter.objects.values_list(), *Recovery.objects.values_list()]
    assert token not in str(kept)
    assert token not in str(list(SecurityEvent.objects.values_list("details")))


def test_a_link_that_is_over_is_not_sent(alice):
    letter = recovery.look_up(recovery.ask(name=alice.username, browser="", language="en"))
    assert not letters.send(letter, now=timezone.now() + timedelta(minutes=16))
    assert Letter.objects.get().state == Letter.State.GIVEN_UP
    assert mail.outbox == []
