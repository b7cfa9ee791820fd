"""R-9.1-5, R-9.4-3: the administration asks a second person before a client changes."""

from __future__ import annotations

import pytest
from django.test import Client as HttpClient

from idp.models import Client, ClientChange
from idp.policy import get_policy
from tests.factories import a_client, a_person
from tests.idp.admin.pages import act, url
from tests.idp.admin.test_clients import FORM
from tests.idp.relying_party import RelyingParty, signed_in_browser

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])


@pytest.fixture(autouse=True)
def _two_people(settings):
    settings.IDP = settings.IDP | {"two_person_clients": True}
    get_policy.cache_clear()
    yield
    get_policy.cache_clear()


def administrator(name):
    browser = HttpClient()
    browser.force_login(a_person(username=name, is_staff=True, is_superuser=True))
    return browser


@pytest.fixture
def ann():
    return administrator("ann")


@pytest.fixture
def ben():
    return administrator("ben")


@pytest.fixture
def bank():
    return a_client(name="Harbour Bank", contacts=[])


def form_of(client, **values):
    """Return what the page of `client` sends, with what is changed; None: not ticked."""
    names = ("name", "client_id", "scope", "token_endpoint_auth_method", "application_type")
    form = FORM | {name: getattr(client, name) for name in names}
    form |= {"redirect_uris": "\n".join(client.redirect_uris), "is_active": "on"}
    form |= {"grant_types": client.grant_types, "response_types": client.response_types}
    return {name: value for name, value in (form | values).items() if value is not None}


def change(browser, client, **values):
    return browser.post(url(Client, "change", client.pk), form_of(client, **values))


def waiting():
    return ClientChange.objects.get(state="proposed")


def page(browser, row):
    return browser.get(url(ClientChange, "change", row.pk)).content.decode()


def test_a_change_waits_and_shows_its_difference_to_somebody_else(ann, ben, bank):
    answer = change(ann, bank, redirect_uris="https://new.example/callback")
    row = waiting()
    assert answer["Location"] == url(ClientChange, "change", row.pk)
    bank.refresh_from_db()
    assert bank.redirect_uris == ["https://rp.example/callback"]
    text = page(ben, row)
    for shown in ("https://rp.example/callback", "https://new.example/callback", "Approve"):
        assert shown in text
    mine = page(ann, row)
    assert "You proposed this" in mine
    assert 'value="approve"' not in mine
    act(ben, ClientChange, "approve", row)
    bank.refresh_from_db()
    assert bank.redirect_uris == ["https://new.example/callback"]


def test_the_author_s_own_approval_changes_nothing(ann, bank):
    change(ann, bank, skip_consent="on")
    act(ann, ClientChange, "approve", waiting())
    bank.refresh_from_db()
    assert not bank.skip_consent
    assert waiting()


def test_a_rejection_needs_its_reason(ann, ben, bank):
    change(ann, bank, skip_consent="on")
    row = waiting()
    act(ben, ClientChange, "reject", row)
    assert waiting()
    form = {"action": "reject", "_selected_action": row.pk, "reason": "Not <ours>."}
    ben.post(url(ClientChange, "changelist"), form)
    row.refresh_from_db()
    assert (row.state, row.reason) == ("rejected", "Not <ours>.")
    assert "Not &lt;ours&gt;." in page(ann, row)


def test_what_gives_nothing_and_a_stop_need_nobody(ann, bank):
    change(ann, bank, contacts="it@bank.example")
    bank.refresh_from_db()
    assert bank.contacts == ["it@bank.example"]
    change(ann, bank, is_active=None)
    bank.refresh_from_db()
    assert not bank.is_active
    assert not ClientChange.objects.exists()
    change(ann, bank, is_active="on")
    bank.refresh_from_db()
    assert not bank.is_active
    assert waiting().after == {"is_active": True}


def test_a_second_change_leads_to_the_one_that_waits(ann, ben, bank):
    change(ann, bank, skip_consent="on")
    answer = change(ben, bank, scope="openid")
    assert answer["Location"] == url(ClientChange, "change", waiting().pk)
    bank.refresh_from_db()
    assert bank.scope != "openid"


def test_a_new_client_does_nothing_before_somebody_else_approves_it(ann, ben):
    template = a_client()
    form = form_of(template, client_id="new-bank", name="New Bank")
    answer = ann.post(url(Client, "add"), form)
    assert 'id="client-waits"' in answer.content.decode()
    client = Client.objects.get(client_id="new-bank")
    assert not client.is_active
    browser = signed_in_browser()
    asked = RelyingParty(client)
    assert asked.authorize(browser).status_code == 400
    act(ben, ClientChange, "approve", waiting())
    assert asked.authorize(browser).status_code == 303


def test_what_waits_for_me_is_found(ann, ben, bank):
    change(ann, bank, skip_consent="on")
    list_of = url(ClientChange, "changelist")
    assert "Harbour Bank" in ben.get(list_of, {"waiting": "me"}).content.decode()
    assert "Harbour Bank" not in ann.get(list_of, {"waiting": "me"}).content.decode()
    assert "Harbour Bank" in ann.get(list_of, {"waiting": "others"}).content.decode()
