"""R-9.4-9, R-9.4-3: an administrator who has lost everything comes back by the console alone."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.test import Client as HttpClient
from django.utils import timezone

from idp.models import Passkey, SecurityEvent
from tests.factories import PASSWORD, a_person

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])


def a_passkey_of(person):
    Passkey.objects.create(
        user=person,
        credential_id=b"lost",
        public_key=b"key",
        sign_count=0,
        name="Lost",
        backup_eligible=False,
        enrolment=1,
        created_at=timezone.now(),
    )


def test_what_was_lost_stops_counting_and_a_new_password_leads_on(capsys):
    ada, browser = a_person(username="ada", is_staff=True), HttpClient()
    a_passkey_of(ada)
    browser.force_login(ada)
    assert browser.get("/admin/").status_code == 200
    call_command("readmit", "ada")
    password = capsys.readouterr().out.strip().removeprefix("password: ")
    ada.refresh_from_db()
    assert ada.check_password(password)
    assert not ada.check_password(PASSWORD)
    assert not ada.passkeys.exists()
    assert browser.get("/admin/").status_code == 302
    event = SecurityEvent.objects.get(kind="administrator.readmitted")
    assert event.subject == ada.subject
    assert password not in str(event.details)


def test_it_is_for_those_who_administer():
    a_person(username="bob")
    a_person(username="gone", is_staff=True, is_active=False)
    for name in ("bob", "gone", "nobody"):
        with pytest.raises(CommandError):
            call_command("readmit", name)


def test_who_had_passkeys_alone_comes_back_too(capsys):
    ada = a_person(username="ada", is_staff=True)
    ada.set_unusable_password()
    ada.save()
    a_passkey_of(ada)
    call_command("readmit", "ada")
    ada.refresh_from_db()
    assert ada.check_password(capsys.readouterr().out.strip().removeprefix("password: "))
    assert not ada.passkeys.exists()
