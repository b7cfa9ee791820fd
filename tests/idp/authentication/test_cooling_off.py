"""ASSURANCE.md, `cooling_off`: after a recovery, and for a new key. R-9.4-9, R-9.2-15."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from idp.authentication import cooling_off, one_time_code, session
from idp.authentication.one_time_code import OneTimeCode
from idp.authentication.passkey import PasskeyMethod
from idp.contract import Evidence
from idp.models import OneTimeCodeSecret, Passkey, User
from idp.policy import get_policy
from idp.protocol.assurance import assess
from tests.factories import a_person
from tests.idp.authentication.test_one_time_code import SECRET, code_at
from tests.idp.authentication.test_passkey import register

pytestmark = pytest.mark.django_db


def passkey_level(person):
    return assess(PasskeyMethod().potential(person.as_subject()), session.assurance_policy()).loa


def test_a_passkey_that_a_password_has_added_counts_in_full_after_a_day():
    person = a_person()
    register(person)
    Passkey.objects.update(created_at=timezone.now())
    assert passkey_level(person) == 2
    Passkey.objects.update(created_at=timezone.now() - timedelta(hours=24))
    assert passkey_level(person) == 3


def test_a_passkey_that_was_added_at_level_three_counts_at_once():
    person = a_person()
    register(person, level=3)
    assert passkey_level(person) == 3


@pytest.mark.parametrize(("level", "cooling"), [(1, 1), (2, 1), (3, 0)])
def test_a_new_app_is_like_a_new_passkey(level, cooling):
    person = a_person()
    one_time_code.add(person=person, secret=SECRET, code=code_at(timezone.now()), level=level)
    assert OneTimeCode().potential(person.as_subject()).cooling_off == cooling
    OneTimeCodeSecret.objects.update(created_at=timezone.now() - timedelta(hours=24))
    assert OneTimeCode().potential(person.as_subject()).cooling_off == 0


def test_a_deployment_chooses_how_long(settings):
    settings.IDP = settings.IDP | {"cooling_off_of_new_keys": timedelta(0)}
    get_policy.cache_clear()
    person = a_person()
    register(person)
    Passkey.objects.update(created_at=timezone.now())
    assert passkey_level(person) == 3
    get_policy.cache_clear()


def test_the_time_after_a_recovery_covers_every_method_until_it_ends():
    person, shown = a_person(), Evidence(knowledge=1)
    assert cooling_off.cooled(shown, person) == shown
    cooling_off.begin(person)
    person = User.objects.get(pk=person.pk)  # as another process reads it
    assert cooling_off.cooled(shown, person).cooling_off == 1
    User.objects.update(cooling_off_until=timezone.now() - timedelta(seconds=1))
    person.refresh_from_db()
    assert cooling_off.until(person) is None
    assert cooling_off.cooled(shown, person) == shown


def test_a_second_recovery_never_shortens_the_time():
    person, late = a_person(), timezone.now() + timedelta(days=7)
    person.cool_off(late)
    cooling_off.begin(person)
    person.refresh_from_db()
    assert person.cooling_off_until == late
