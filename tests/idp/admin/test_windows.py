"""STYLE 15; OIDC.md L2, L3: most of the admin is a window, and what is done there is recorded."""

from __future__ import annotations

import re

import pytest
from django.contrib import admin
from django.utils import timezone

from idp import models
from idp.oauth import clients
from tests.factories import a_person
from tests.idp.admin.pages import act, url
from tests.idp.relying_party import RelyingParty, signed_in_browser

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
WINDOWS = (
    models.Consent,
    models.Grant,
    models.Letter,
    models.LogoutNotice,
    models.AuthenticatorModel,
    models.OneTimeCodeSecret,
    models.Recovery,
    models.RecoveryCode,
    models.PairwiseSubject,
    models.Passkey,
    models.SecurityEvent,
    models.Session,
    models.SigningKey,
)


@pytest.fixture
def used():
    """Return a relying party and its tokens, so that every list has rows."""
    rp = RelyingParty()
    browser = signed_in_browser()
    person, now = browser.session_row.user, timezone.now()
    models.PairwiseSubject.objects.create(user=person, sector_identifier="rp.example")
    models.LogoutNotice.objects.create(
        client=rp.row,
        sid="sid",
        subject=person.subject,
        attempts=[{"at": now.isoformat(), "outcome": "timeout"}],
        created_at=now,
        next_attempt_at=now,
    )
    return rp, rp.tokens(browser), browser


@pytest.mark.parametrize("model", WINDOWS, ids=lambda model: model.__name__)
def test_windows_are_only_looked_at(administrator, used, model):
    assert administrator.get(url(model, "changelist")).status_code == 200
    assert administrator.get(url(model, "add")).status_code == 403
    row = model.objects.first()
    if row is not None:
        page = administrator.get(url(model, "change", row.pk))
        assert page.status_code == 200
        assert 'name="_save"' not in page.content.decode()
        assert administrator.post(url(model, "change", row.pk), {}).status_code == 403
        assert administrator.post(url(model, "delete", row.pk), {}).status_code == 403


def test_l3_no_page_shows_what_opens_a_door(administrator, used):
    rp, tokens, browser = used
    pages = [url(model, "changelist") for model in (*WINDOWS, models.Client, models.User)]
    pages += [
        url(model, "change", row.pk)
        for model in (*WINDOWS, models.Client)
        if (row := model.objects.first())
    ]
    shown = " ".join(administrator.get(page).content.decode() for page in pages)
    session = browser.session_row
    for secret in (tokens["access_token"], rp.row.secret_sha256, session.secret_sha256):
        assert secret not in shown
    assert not re.search(r"sealed.private", shown)


def test_tokens_and_codes_have_no_page():
    for model in (models.AccessToken, models.RefreshToken, models.AuthorizationCode):
        assert not admin.site.is_registered(model)


def test_a_grant_is_revoked_with_its_tokens(administrator, used):
    rp, tokens, _ = used
    act(administrator, models.Grant, "revoke", models.Grant.objects.get())
    assert rp.introspect(tokens["access_token"]) == {"active": False}
    event = models.SecurityEvent.objects.get(kind="admin.grant.revoked")
    assert event.client_id == rp.row.client_id


def test_a_session_is_ended(administrator, used):
    _, _, browser = used
    act(administrator, models.Session, "end", browser.session_row)
    browser.session_row.refresh_from_db()
    assert browser.session_row.ended_at
    assert models.SecurityEvent.objects.filter(kind="admin.session.ended").exists()


def test_people_are_edited(administrator):
    clients.forget()
    person = a_person()
    page = administrator.get(url(models.User, "change", person.pk)).content.decode()
    assert person.subject in page
    assert administrator.get(url(models.User, "add")).status_code == 200


def test_l2_a_change_of_a_person_is_recorded_without_the_password(administrator):
    person = a_person()
    form = {"password1": "another long password", "password2": "another long password"}
    page = f"/admin/idp/user/{person.pk}/password/"
    assert administrator.post(page, form | {"usable_password": "true"}).status_code == 302
    event = models.SecurityEvent.objects.get(kind="admin.user.changed")
    assert event.details["by"] == "admin"
    assert "another long password" not in str(event.details)


def test_an_app_that_was_lost_is_removed_and_who_did_it_is_recorded(administrator):
    person = a_person()
    row = models.OneTimeCodeSecret.objects.create(
        user=person, sealed=b"sealed", last_step=0, created_at=timezone.now()
    )
    act(administrator, models.OneTimeCodeSecret, "forget", row)
    assert not models.OneTimeCodeSecret.objects.exists()
    kinds = set(models.SecurityEvent.objects.values_list("kind", flat=True))
    assert {"admin.onetimecodesecret.removed", "one_time_code.removed"} <= kinds
