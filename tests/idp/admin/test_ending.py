"""OIDC.md B9: a new password, a closed account and a withdrawn consent end sessions and grants."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from idp import models
from tests.factories import PASSWORD, a_client, a_person
from tests.idp.admin.pages import act, url
from tests.idp.relying_party import RelyingParty, signed_in_browser

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
NEW = "another long password"


@pytest.fixture
def person():
    return a_person()


@pytest.fixture
def used(person):
    """Return a relying party, the tokens that it has of the person, and the person's browser."""
    rp, browser = RelyingParty(), signed_in_browser(person)
    return rp, rp.tokens(browser), browser


def set_password(administrator, person, **form):
    page = f"/admin/idp/user/{person.pk}/password/"
    given = {"password1": NEW, "password2": NEW, "usable_password": "true"} | form
    assert administrator.post(page, given).status_code == 302


def set_nothing(administrator, person):
    set_password(administrator, person, usable_password="false", **{"unset-password": "1"})


def close(administrator, person):
    form = {"username": person.username, "claims": "{}", "first_name": "", "last_name": ""}
    response = administrator.post(url(models.User, "change", person.pk), form)
    assert response.status_code == 302, response.context["errors"]


def assert_ended(used):
    rp, tokens, browser = used
    assert rp.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert rp.introspect(tokens["access_token"]) == {"active": False}
    assert browser.get("/account/")["Location"].startswith("/account/sign-in")
    browser.session_row.refresh_from_db()
    assert browser.session_row.ended_at


def delete(administrator, person):
    page = url(models.User, "delete", person.pk)
    assert administrator.post(page, {"post": "yes"}).status_code == 302


def delete_several(administrator, person):
    form = {"action": "delete_selected", "_selected_action": [person.pk], "post": "yes"}
    assert administrator.post(url(models.User, "changelist"), form).status_code == 302


@pytest.mark.parametrize("way", [delete, delete_several])
def test_k1_clients_are_told_before_a_person_is_deleted(administrator, person, way):
    bank = a_client(backchannel_logout_uri="https://rp.example/logout")
    rp, browser = RelyingParty(bank), signed_in_browser(person)
    tokens = rp.tokens(browser)
    way(administrator, person)
    assert not models.User.objects.filter(pk=person.pk).exists()
    notice = models.LogoutNotice.objects.get(client=rp.row)
    assert notice.state == models.LogoutNotice.State.PENDING
    assert notice.subject == person.subject
    assert rp.introspect(tokens["access_token"]) == {"active": False}
    assert browser.get("/account/")["Location"].startswith("/account/sign-in")


@pytest.mark.parametrize("change", [set_password, set_nothing, close])
def test_b09_an_administrator_s_change_ends_what_was_open(administrator, person, used, change):
    change(administrator, person)
    assert_ended(used)


def test_b09_a_change_from_the_command_line_does_the_same(person, used, monkeypatch):
    monkeypatch.setattr("getpass.getpass", lambda **_: NEW)
    call_command("changepassword", person.get_username())
    assert_ended(used)


def test_b09_an_account_that_is_opened_again_gets_nothing_back(administrator, person, used):
    close(administrator, person)
    models.User.objects.filter(pk=person.pk).update(is_active=True)
    assert_ended(used)


def test_signing_in_renews_no_password(person, used, settings):
    """A hash of an older kind is renewed when the password is next seen: nothing has changed."""
    rp, tokens, _ = used
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]
    assert person.check_password(PASSWORD)
    assert person.password.startswith("pbkdf2")
    assert rp.introspect(tokens["access_token"])["active"] is True


def test_other_people_stay_signed_in(administrator, person, used):
    other = signed_in_browser()
    set_password(administrator, person)
    assert other.get("/account/").status_code == 200


def test_b09_a_consent_is_withdrawn_for_a_person(administrator, used):
    rp, tokens, _ = used
    act(administrator, models.Consent, "withdraw", models.Consent.objects.get())
    assert not models.Consent.objects.exists()
    assert rp.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    event = models.SecurityEvent.objects.get(kind="admin.consent.withdrawn")
    assert event.client_id == rp.row.client_id
