"""OIDC.md A4, C7, L2, L3: clients are edited by the rules of registration; a secret shows once."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import Permission
from django.utils.html import escape

from idp.admin.client_form import ClientForm
from idp.models import Client, SecurityEvent
from idp.oauth import clients
from idp.protocol import client_metadata
from tests.factories import CLIENT_SECRET, a_client, a_person, a_public_client, sha256
from tests.idp.admin.pages import act, shown_once, url

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
FORM = {
    "name": "Bank",
    "client_id": "bank",
    "is_active": "on",
    "application_type": "web",
    "token_endpoint_auth_method": "client_secret_basic",
    "grant_types": ["authorization_code", "refresh_token"],
    "response_types": ["code"],
    "redirect_uris": "https://rp.example/callback\n\nhttps://rp.example/other\n",
    "scope": "openid",
    "require_pkce": "on",
    "subject_type": "public",
    "id_token_signed_response_alg": "ES256",
    "access_token_format": "opaque",
}
KEY = {
    "kty": "EC",
    "crv": "P-256",
    "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
    "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
}


def add(administrator, **fields):
    return administrator.post(url(Client, "add"), FORM | fields)


def test_c7_a_new_client_s_secret_is_shown_once(administrator):
    secret = shown_once(add(administrator))
    client = Client.objects.get(client_id="bank")
    assert client.check_client_secret(secret)
    assert client.redirect_uris == ["https://rp.example/callback", "https://rp.example/other"]
    assert client.grant_types == ["authorization_code", "refresh_token"]
    pages = [url(Client, "changelist"), url(Client, "change", client.pk)]
    for page in [*pages, url(SecurityEvent, "changelist"), url(Client, "history", client.pk)]:
        assert secret not in administrator.get(page).content.decode()


def test_a_new_client_without_need_of_a_secret_has_none(administrator):
    page = add(administrator, token_endpoint_auth_method="none").content.decode()
    assert "Bank is registered" in page
    assert "Client secret" not in page
    assert Client.objects.get().secret_sha256 == ""


def test_every_member_of_the_metadata_can_be_edited():
    members = {"name" if name == "client_name" else name for name in client_metadata.READERS}
    assert members <= set(ClientForm.base_fields)


def test_every_field_of_the_form_is_on_the_page(administrator):
    page = administrator.get(url(Client, "add"), {"kind": "other"}).content.decode()
    assert [name for name in ClientForm.base_fields if f'name="{name}"' not in page] == []


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("redirect_uris", "http://rp.example/callback", "loopback"),
        ("redirect_uris", "javascript:alert(1)", "https"),
        ("redirect_uris", "", "At least one is needed"),
        ("post_logout_redirect_uris", "https://rp.example/*", "no fragment, wildcard"),
        ("logo_uri", "javascript:alert(1)", "Enter a valid URL"),
        ("logo_uri", "ftp://rp.example/logo", "It must be a web address"),
        ("initiate_login_uri", "http://rp.example/", "It must be an https address"),
        ("backchannel_logout_uri", "http://127.0.0.1/", "It must be an https address"),
        ("frontchannel_logout_uri", "https://other.example/", "of a redirect URI"),
        ("response_types", ["code", "id_token"], "They need the grant type implicit"),
        ("token_endpoint_auth_method", "private_key_jwt", "This needs keys"),
        ("id_token_encrypted_response_alg", "RSA-OAEP", "This needs keys"),
        ("userinfo_encrypted_response_enc", "A128GCM", "Not without"),
        ("jwks", json.dumps({"keys": [KEY | {"d": "x"}]}), "a private or secret key was sent"),
        ("jwks", json.dumps({"keys": [KEY | {"y": KEY["x"]}]}), "not a valid key"),
        ("jwks", "{", "Enter a valid JSON"),
        ("name", "a\u202eb", "No control or formatting characters"),
        ("client_id", "with spaces", "Letters, digits"),
        ("minimum_acr", "unheard-of", "Select a valid choice"),
    ],
)
def test_a4_the_form_refuses_what_registration_refuses(administrator, field, value, reason):
    response = add(administrator, **{field: value})
    assert response.status_code == 200
    assert escape(reason) in response.content.decode()
    assert not Client.objects.exists()


def test_a_client_is_changed_and_keeps_identifier_and_secret(administrator):
    client = a_client()
    clients.find(client.client_id)
    form = FORM | {"name": "Renamed", "client_id": "stolen"}
    assert administrator.post(url(Client, "change", client.pk), form).status_code == 302
    changed = Client.objects.get()
    assert (changed.name, changed.client_id) == ("Renamed", client.client_id)
    assert changed.check_client_secret(CLIENT_SECRET)
    assert clients.find(client.client_id).name == "Renamed"


def test_c7_another_method_shows_the_secret_that_it_makes_necessary(administrator):
    client = a_public_client()
    form = FORM | {"token_endpoint_auth_method": "client_secret_jwt"}
    secret = shown_once(administrator.post(url(Client, "change", client.pk), form))
    assert Client.objects.get().open_secret() == secret
    form |= {"token_endpoint_auth_method": "none"}
    assert administrator.post(url(Client, "change", client.pk), form).status_code == 302
    changed = Client.objects.get()
    assert (changed.secret_sha256, bytes(changed.sealed_secret)) == ("", b"")


def test_c7_a_new_secret_replaces_the_old_one(administrator):
    client = a_client()
    clients.find(client.client_id)
    secret = shown_once(act(administrator, Client, "give_new_secret", client))
    client.refresh_from_db()
    assert client.check_client_secret(secret)
    assert not client.check_client_secret(CLIENT_SECRET)
    assert clients.find(client.client_id).check_client_secret(secret)


def test_a_new_secret_of_client_secret_jwt_is_sealed_too(administrator):
    client = a_client(token_endpoint_auth_method="client_secret_jwt")
    secret = shown_once(act(administrator, Client, "give_new_secret", client))
    client.refresh_from_db()
    assert client.open_secret() == secret


def test_a_client_without_a_secret_is_given_none(administrator):
    client = a_public_client()
    assert act(administrator, Client, "give_new_secret", client).status_code == 302
    assert Client.objects.get().secret_sha256 == ""


def test_l4_a_client_that_is_taken_over_manages_itself_no_more(administrator):
    client = a_client(registration_token_sha256=sha256("registration token"))
    page = administrator.get(url(Client, "changelist"), {"origin": "itself"}).content.decode()
    assert client.client_id in page
    assert "itself" in page
    act(administrator, Client, "take_over", client)
    client.refresh_from_db()
    assert not client.is_self_registered
    page = administrator.get(url(Client, "changelist"), {"origin": "administrator"})
    assert client.client_id in page.content.decode()
    assert SecurityEvent.objects.get().kind == "admin.client.taken_over"


def test_l2_what_is_done_to_clients_is_recorded_without_secrets(administrator):
    secret = shown_once(add(administrator))
    client = Client.objects.get()
    administrator.post(url(Client, "change", client.pk), FORM | {"name": "Renamed"})
    new_secret = shown_once(act(administrator, Client, "give_new_secret", client))
    administrator.post(url(Client, "delete", client.pk), {"post": "yes"})
    events = list(SecurityEvent.objects.order_by("pk"))
    assert [event.kind for event in events] == [
        "admin.client.added",
        "admin.client.changed",
        "admin.client.changed",
        "admin.client.deleted",
    ]
    assert {event.client_id for event in events} == {"bank"}
    assert {event.details["by"] for event in events} == {"admin"}
    assert "Name" in str(events[1].details)
    for value in (secret, new_secret, sha256(secret), sha256(new_secret)):
        assert value not in str([event.details for event in events])


def test_l3_no_page_of_a_client_shows_hashes_or_sealed_secrets(administrator):
    client = a_client(
        token_endpoint_auth_method="client_secret_jwt",
        registration_token_sha256=sha256("registration token"),
    )
    client.new_secret()
    client.save()
    shown = administrator.get(url(Client, "change", client.pk)).content.decode()
    assert client.secret_sha256 not in shown
    assert client.registration_token_sha256 not in shown
    assert "sealed" not in shown


def test_who_may_only_look_sees_the_client_and_changes_nothing(administrator):
    client = a_client()
    person = a_person(is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="view_client"))
    administrator.force_login(person)
    page = url(Client, "change", client.pk)
    assert "Demo Bank" in administrator.get(page).content.decode()
    assert administrator.post(page, FORM).status_code == 403


def test_nobody_else_registers_clients_here(administrator):
    administrator.logout()
    administrator.force_login(a_person(is_staff=True))
    assert add(administrator).status_code == 403
    administrator.logout()
    assert add(administrator).status_code == 302
    assert not Client.objects.exists()
