"""STYLE 15; OIDC.md C7, L2, L3: the admin is a window, and shows a secret once."""

from __future__ import annotations

import re

import pytest
from django.contrib import admin
from django.test import Client as HttpClient
from django.urls import reverse

from idp import models
from idp.oauth import clients
from tests.factories import CLIENT_SECRET, a_client, a_person
from tests.idp.relying_party import RelyingParty, signed_in_browser

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
WINDOWS = (
    models.Consent,
    models.Grant,
    models.Passkey,
    models.SecurityEvent,
    models.Session,
    models.SigningKey,
)


@pytest.fixture
def administrator():
    browser = HttpClient()
    browser.force_login(a_person(username="admin", is_staff=True, is_superuser=True))
    return browser


def url(model, page, *args):
    return reverse(f"admin:idp_{model._meta.model_name}_{page}", args=args)


@pytest.fixture
def used():
    """Return a relying party and its tokens, so that every list has rows."""
    rp = RelyingParty()
    browser = signed_in_browser()
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


def test_no_page_shows_what_opens_a_door(administrator, used):
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


FORM = {
    "name": "Bank",
    "client_id": "bank",
    "is_active": "on",
    "application_type": "web",
    "token_endpoint_auth_method": "client_secret_basic",
    "grant_types": "authorization_code\nrefresh_token",
    "redirect_uris": "https://rp.example/callback\n\nhttps://rp.example/other\n",
    "post_logout_redirect_uris": "",
    "scope": "openid",
    "require_pkce": "on",
    "id_token_signed_response_alg": "ES256",
    "default_acr_values": "",
}


def test_a_new_client_s_secret_is_shown_once(administrator):
    response = administrator.post(url(models.Client, "add"), FORM)
    secret = re.search(r"<code>(.+?)</code>", response.content.decode())[1]
    client = models.Client.objects.get(client_id="bank")
    assert client.check_client_secret(secret)
    assert client.redirect_uris == ["https://rp.example/callback", "https://rp.example/other"]
    assert response["Cache-Control"].startswith("no-store")
    assert secret not in administrator.get(url(models.Client, "changelist")).content.decode()


def test_a_new_public_client_has_no_secret(administrator):
    form = FORM | {"token_endpoint_auth_method": "none"}
    assert administrator.post(url(models.Client, "add"), form).status_code == 302
    assert models.Client.objects.get().secret_sha256 == ""


def test_an_unsafe_address_is_refused_with_a_reason(administrator):
    form = FORM | {"redirect_uris": "http://rp.example/callback"}
    response = administrator.post(url(models.Client, "add"), form)
    assert "loopback" in response.content.decode()
    assert not models.Client.objects.exists()


def test_a_client_is_changed_and_keeps_identifier_and_secret(administrator):
    client = a_client()
    form = FORM | {"name": "Renamed", "client_id": "stolen"}
    assert administrator.post(url(models.Client, "change", client.pk), form).status_code == 302
    changed = models.Client.objects.get()
    assert (changed.name, changed.client_id) == ("Renamed", client.client_id)
    assert changed.check_client_secret(CLIENT_SECRET)


def act(administrator, model, action, *rows):
    form = {"action": action, "_selected_action": [row.pk for row in rows]}
    return administrator.post(url(model, "changelist"), form)


def test_a_new_secret_replaces_the_old_one(administrator):
    client = a_client()
    response = act(administrator, models.Client, "give_new_secret", client)
    secret = re.search(r"<code>(.+?)</code>", response.content.decode())[1]
    client.refresh_from_db()
    assert client.check_client_secret(secret)
    assert not client.check_client_secret(CLIENT_SECRET)


def test_a_grant_is_revoked_with_its_tokens(administrator, used):
    rp, tokens, _ = used
    act(administrator, models.Grant, "revoke", models.Grant.objects.get())
    assert rp.introspect(tokens["access_token"]) == {"active": False}


def test_a_session_is_ended(administrator, used):
    _, _, browser = used
    act(administrator, models.Session, "end", browser.session_row)
    browser.session_row.refresh_from_db()
    assert browser.session_row.ended_at


def test_people_are_edited(administrator):
    clients.forget()
    person = a_person()
    page = administrator.get(url(models.User, "change", person.pk)).content.decode()
    assert person.subject in page
    assert administrator.get(url(models.User, "add")).status_code == 200
