"""RFC 7591 3; OIDC.md C7, L2, L3, L4: permissions to register are shown once and can be revoked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from idp.models import InitialAccessToken, SecurityEvent
from tests.factories import a_client, sha256
from tests.idp.admin.pages import act, shown_once, url

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])


def a_token(value="a value", **fields):
    fields = {"expires_at": timezone.now() + timedelta(days=1)} | fields
    return InitialAccessToken.objects.create(name="Northwind", token_sha256=sha256(value), **fields)


def add(administrator, **fields):
    tomorrow = timezone.now() + timedelta(days=1)
    form = {
        "name": "Northwind",
        "uses_left": "2",
        "expires_at_0": tomorrow.date().isoformat(),
        "expires_at_1": "12:00:00",
    }
    return administrator.post(url(InitialAccessToken, "add"), form | fields)


def test_c7_l3_a_token_is_shown_once(administrator):
    value = shown_once(add(administrator))
    row = InitialAccessToken.objects.get()
    assert row.uses_left == 2
    assert InitialAccessToken.objects.opens(value, timezone.now())
    for page in (
        url(InitialAccessToken, "changelist"),
        url(InitialAccessToken, "change", row.pk),
        url(SecurityEvent, "changelist"),
    ):
        shown = administrator.get(page)
        assert shown.status_code == 200
        assert value not in shown.content.decode()
        assert row.token_sha256 not in shown.content.decode()
    event = SecurityEvent.objects.get()
    assert event.kind == "admin.initialaccesstoken.added"
    assert value not in str(event.details)


def test_a_week_and_one_use_are_suggested(administrator):
    page = administrator.get(url(InitialAccessToken, "add")).content.decode()
    assert (timezone.now() + timedelta(days=7)).date().isoformat() in page


def test_l4_a_token_is_not_widened_later(administrator):
    row = a_token()
    assert administrator.post(url(InitialAccessToken, "change", row.pk), {}).status_code == 403
    assert administrator.post(url(InitialAccessToken, "delete", row.pk), {}).status_code == 403


def test_l4_a_revoked_token_opens_nothing_and_its_clients_stay(administrator):
    row = a_token()
    client = a_client(registered_with=row)
    act(administrator, InitialAccessToken, "revoke", row)
    assert not InitialAccessToken.objects.opens("a value", timezone.now())
    client.refresh_from_db()
    assert client.registered_with == row
    assert SecurityEvent.objects.get().kind == "admin.initialaccesstoken.revoked"


def test_the_list_says_which_still_open(administrator):
    a_token("usable")
    a_token("revoked", is_active=False)
    a_token("expired", expires_at=timezone.now())
    a_token("used up", uses_left=0)
    page = administrator.get(url(InitialAccessToken, "changelist")).content.decode()
    for state in ("usable", "revoked", "expired", "used up"):
        assert state in page
