"""Passkeys: WebAuthn Level 3, 7.1 and 7.2; OIDC.md J1, J2 (single use), G9 (no enumeration)."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from idp.authentication import passkey, passkey_registration
from idp.authentication.passkey import PasskeyMethod
from idp.models import Passkey, SecurityEvent, User
from tests.conformance.authentication_method import AuthenticationMethodConformance
from tests.factories import a_person
from tests.idp.authentication.authenticator import SoftwareAuthenticator

pytestmark = pytest.mark.django_db


def register(person, authenticator=None, *, level=1, handle="registration"):
    authenticator = authenticator or SoftwareAuthenticator()
    options = passkey_registration.creation_options(handle=handle, user=person)
    credential = authenticator.create(options)
    row = passkey_registration.add(
        handle=handle, user=person, credential=credential, name="Phone", level=level
    )
    if row and level < 3:  # added a while ago: it counts in full
        Passkey.objects.filter(pk=row.pk).update(created_at=timezone.now() - timedelta(days=2))
        row.refresh_from_db()
    return authenticator, row


class TestPasskeyMethod(AuthenticationMethodConformance):
    method = PasskeyMethod()

    def person(self):
        return a_person().as_subject()

    def enrol(self, subject):
        person = User.objects.get(subject=subject.identifier)
        self.authenticator, _ = register(person)

    def authenticate(self, subject, started):
        options = passkey.request_options(handle=started.handle, subject=subject)
        return passkey.submit(handle=started.handle, credential=self.authenticator.get(options))


def sign_in(authenticator, *, handle="handle", subject=None):
    options = passkey.request_options(handle=handle, subject=subject)
    return passkey.submit(handle=handle, credential=authenticator.get(options))


def test_a_new_passkey_is_a_software_key_of_the_session_that_added_it():
    _, row = register(a_person())
    assert (row.anchor, row.enrolment, row.backup_eligible, row.backed_up) == ("", 1, True, True)
    _, strong = register(a_person(), level=3, handle="strong")
    assert strong.enrolment == 2


def test_adding_and_removing_are_recorded():
    person = a_person()
    _, row = register(person)
    assert passkey_registration.remove(user=person, passkey_id=row.pk)
    assert not passkey_registration.remove(user=person, passkey_id=row.pk)
    assert list(SecurityEvent.objects.values_list("kind", flat=True)) == [
        "passkey.added",
        "passkey.removed",
    ]


def test_nobody_removes_another_person_s_passkey():
    _, row = register(a_person())
    assert not passkey_registration.remove(user=a_person(), passkey_id=row.pk)
    assert Passkey.objects.filter(pk=row.pk).exists()


def test_a_challenge_serves_once():
    authenticator, _ = register(a_person())
    options = passkey.request_options(handle="handle", subject=None)
    assert passkey.submit(handle="handle", credential=authenticator.get(options))
    assert passkey.submit(handle="handle", credential=authenticator.get(options)) == ""


def test_a_registration_challenge_serves_once():
    person, authenticator = a_person(), SoftwareAuthenticator()
    options = passkey_registration.creation_options(handle="r", user=person)
    given = {"handle": "r", "user": person, "name": "", "level": 1}
    assert passkey_registration.add(credential=authenticator.create(options), **given)
    other = SoftwareAuthenticator()
    assert passkey_registration.add(credential=other.create(options), **given) is None


def test_an_answer_to_another_challenge_is_refused():
    authenticator, _ = register(a_person())
    other = passkey.request_options(handle="other", subject=None)
    passkey.request_options(handle="handle", subject=None)
    assert passkey.submit(handle="handle", credential=authenticator.get(other)) == ""


@pytest.mark.parametrize(
    ("field", "value"),
    [("origin", "https://phishing.example"), ("rp_id", "phishing.example"), ("verifies", False)],
)
def test_another_site_or_no_user_verification_is_refused(field, value):
    authenticator, _ = register(a_person())
    setattr(authenticator, field, value)
    assert sign_in(authenticator) == ""


def test_a_clone_with_an_old_counter_is_refused():
    authenticator, row = register(a_person())
    Passkey.objects.filter(pk=row.pk).update(sign_count=7)
    assert sign_in(authenticator) == ""


def test_a_passkey_of_a_closed_account_is_refused():
    person = a_person()
    authenticator, _ = register(person)
    person.is_active = False
    person.save()
    assert sign_in(authenticator) == ""


def test_the_user_handle_must_be_the_owner_s():
    authenticator, _ = register(a_person())
    authenticator.user_handle = b"somebody else"
    assert sign_in(authenticator) == ""


def test_an_unknown_person_s_options_list_no_credentials():
    register(a_person())
    asked = json.loads(passkey.request_options(handle="handle", subject=None))
    assert not asked.get("allowCredentials")
    assert asked["rpId"] == "localhost"
    assert asked["userVerification"] == "required"


@pytest.mark.parametrize("credential", ["", "{}", "[]", "null", '{"id": "x"}', "not json", "1"])
def test_what_is_no_credential_is_refused(credential):
    passkey.keep_challenge("handle")
    assert passkey.submit(handle="handle", credential=credential) == ""
    passkey.keep_challenge("handle")
    given = {"handle": "handle", "user": a_person(), "name": "", "level": 1}
    assert passkey_registration.add(credential=credential, **given) is None
