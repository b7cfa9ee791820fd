"""R-9.4-3, R-9.4-8, R-5.2-3; RFC 9470: what matters is confirmed strongly, and just before."""

from __future__ import annotations

import html
import re
import uuid
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.core.cache import cache
from django.db.models import UUIDField
from django.test import Client as HttpClient
from django.urls import reverse
from django.utils import timezone

from idp.models import AuthenticationEvent, Client, SecurityEvent, Session, User
from tests.factories import a_client, a_person, a_session, an_event
from tests.idp.admin.pages import act, url
from tests.idp.evidence import PASSKEY
from tests.idp.evidence import PASSWORD as KNOWLEDGE
from tests.idp.strong_sign_in import CODE, sign_in

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
REGISTERED = {model._meta.label_lower: page for model, page in admin.site._registry.items()}
FORMS = ("add", "change", "delete")
# Written by hand, apart from the product's table: what is done without a fresh sign-in.
AT_ONCE = {
    ("biometric_auth.biometricstop", "add"),
    ("biometric_auth.enrolmentpolicy", "add"),
    ("biometric_auth.enrolmentpolicy", "restore"),
    ("biometric_auth.enrolmentpolicy", "withdraw"),
    ("idp.assuranceprofile", "add"),
    ("idp.assuranceprofile", "restore"),
    ("idp.assuranceprofile", "withdraw"),
    ("idp.clientchange", "reject"),
    ("idp.clientchange", "withdraw"),
    ("idp.consent", "withdraw"),
    ("idp.grant", "revoke"),
    ("idp.initialaccesstoken", "revoke"),
    ("idp.riskrecord", "add"),
    ("idp.riskrecord", "withdraw"),
    ("idp.session", "end"),
}


def stale(browser, person):
    """Sign in strongly, six minutes ago."""
    return sign_in(browser, person, at=timezone.now() - timedelta(minutes=6))


def weak(browser, person):
    """Sign in just now, by what opens the administration and no more."""
    opened = sign_in(browser, person, evidence=KNOWLEDGE, method="password")
    an_event(opened, method="one_time_code", evidence=CODE)
    return opened


def fresh(browser, person):
    """Sign in strongly and just now."""
    return sign_in(browser, person)


@pytest.fixture
def ada():
    return a_person(username="ada", is_staff=True, is_superuser=True)


@pytest.fixture
def browser():
    return HttpClient()


def asks_first(response):
    """Tell whether the person has to confirm before anything happens."""
    sent = urlsplit(response.headers.get("Location", "")).path
    return response.status_code == 303 and sent.startswith(("/admin/confirm/", "/account/sign-in"))


def every_post(browser, label):
    """Yield what each POST of a model's pages does, and the answer."""
    of_uuid = isinstance(REGISTERED[label].opts.pk, UUIDField)
    row = str(uuid.uuid4()) if of_uuid else "1"
    for kind in FORMS:
        args = [] if kind == "add" else [row]
        page = reverse(f"admin:{label.replace('.', '_')}_{kind}", args=args)
        yield kind, browser.post(page, {"post": "yes"})
    page = reverse(f"admin:{label.replace('.', '_')}_changelist")
    for name in [*(REGISTERED[label].actions or ()), "delete_selected"]:
        yield name, browser.post(page, {"action": name, "_selected_action": [row]})


@pytest.mark.parametrize("sign", [stale, weak, fresh])
@pytest.mark.parametrize("label", REGISTERED)
def test_all_that_matters_asks_for_a_fresh_strong_sign_in(browser, ada, label, sign):
    sign(browser, ada)
    for verb, response in every_post(browser, label):
        expected = sign is not fresh and (label, verb) not in AT_ONCE
        assert asks_first(response) == expected, verb


@pytest.mark.parametrize("label", REGISTERED)
def test_looking_does_nothing_and_asks_nothing(browser, ada, label):
    stale(browser, ada)
    before = SecurityEvent.objects.count(), LogEntry.objects.count()
    for kind in ("changelist", "add", "change", "delete", "history"):
        if (label, kind) == ("idp.user", "add"):
            continue  # a form with a password is asked for first, see below
        args = [] if kind in {"changelist", "add"} else ["1"]
        page = reverse(f"admin:{label.replace('.', '_')}_{kind}", args=args)
        assert not asks_first(browser.get(page, {"action": "revoke", "_selected_action": "1"}))
    assert (SecurityEvent.objects.count(), LogEntry.objects.count()) == before


@pytest.mark.parametrize("page", REGISTERED.values(), ids=lambda page: page.opts.label_lower)
def test_no_page_has_a_link_that_acts(page):
    for kind in ("actions_list", "actions_row", "actions_detail", "actions_submit_line"):
        assert not getattr(page, kind), "unfold runs these on GET"


@pytest.mark.parametrize("more", [{"index": "1"}, {"_save": "Save"}])
def test_an_action_hides_behind_no_other(browser, ada, more):
    stale(browser, ada)
    form = {"action": ["end", "give_new_secret"], "_selected_action": "1", **more}
    for model in (Client, Session):
        assert asks_first(browser.post(url(model, "changelist"), form))


def renamed(client):
    """Return what the page of a client sends when its name is changed."""
    keep = ("token_endpoint_auth_method", "application_type", "scope", "subject_type")
    form = {name: getattr(client, name) for name in keep}
    return form | {
        "name": "Harbour & <b>Bank</b>",
        "redirect_uris": "https://rp.example/callback",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": "code",
        "require_pkce": "on",
        "is_active": "on",
        "access_token_format": "opaque",
        "id_token_signed_response_alg": "ES256",
        "contacts": "",
    }


def hidden(page):
    """Return the fields of the form that goes ahead."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    sent = {}
    for name, value in found:
        sent.setdefault(html.unescape(name), []).append(html.unescape(value))
    return sent


def test_the_way_there_and_back_ends_at_what_was_going_to_be_done(browser, ada):
    opened, client = stale(browser, ada), a_client()
    asked = browser.post(url(Client, "change", client.pk), renamed(client))
    confirm = asked["Location"]
    page = browser.get(confirm)
    text = page.content.decode()
    assert page["Cache-Control"].startswith("no-store")
    assert "Harbour &amp; &lt;b&gt;Bank&lt;/b&gt;" in text
    assert "Go ahead" not in text
    link = html.unescape(re.search(r'href="(/account/sign-in\?[^"]+)"', text)[1])
    assert parse_qs(urlsplit(link).query) == {
        "next": [confirm],
        "acr": ["urn:countersign:acr:loa3"],
        "max_age": ["300"],
    }
    assert "/interaction/" in browser.get(link)["Location"]
    an_event(opened, method="passkey", evidence=PASSKEY)
    assert browser.get(link)["Location"] == confirm
    text = browser.get(confirm).content.decode()
    client.refresh_from_db()
    assert client.name == "Demo Bank"  # nothing is sent again by itself
    action = re.search(r'<form method="post" action="([^"]+/change/)"', text)[1]
    assert browser.post(action, hidden(text)).status_code == 302
    client.refresh_from_db()
    assert client.name == "Harbour & <b>Bank</b>"


def test_an_action_is_shown_with_its_rows(browser, ada):
    weak(browser, ada)
    client = a_client(name="Harbour Bank")
    asked = act(browser, Client, "give_new_secret", client)
    text = browser.get(asked["Location"]).content.decode()
    assert "Give a new secret" in text
    assert "Harbour Bank" in text
    Client.objects.get(secret_sha256=client.secret_sha256)


def test_rows_that_no_key_names_are_not_looked_for(browser, ada):
    stale(browser, ada)
    page = reverse("admin:biometric_auth_biometricreference_changelist")
    asked = browser.post(page, {"action": "revoke", "_selected_action": ["x"]})
    assert "Revoke" in browser.get(asked["Location"]).content.decode()


def test_what_is_kept_is_of_one_session(browser, ada):
    stale(browser, ada)
    client = a_client()
    confirm = browser.post(url(Client, "change", client.pk), renamed(client))["Location"]
    other = HttpClient()
    other.force_login(a_person(username="ben", is_staff=True, is_superuser=True))
    assert other.get(confirm)["Location"] == "/admin/"
    assert browser.get(confirm).status_code == 200
    cache.clear()
    assert browser.get(confirm)["Location"] == "/admin/"


def test_a_password_is_asked_for_afterwards_and_never_kept(browser, ada):
    stale(browser, ada)
    person = a_person()
    for page in (url(User, "add"), f"/admin/idp/user/{person.pk}/password/"):
        form = {"username": "new", "password1": "a b c d e f g", "password2": "a b c d e f g"}
        for response in (browser.get(page), browser.post(page, form)):
            sent = urlsplit(response["Location"])
            assert sent.path == "/account/sign-in"
            assert parse_qs(sent.query)["next"] == [page]


def test_what_is_too_long_is_typed_again(browser, ada):
    stale(browser, ada)
    client = a_client()
    page = url(Client, "change", client.pk)
    response = browser.post(page, renamed(client) | {"scope": "x" * 300_000})
    assert parse_qs(urlsplit(response["Location"]).query)["next"] == [page]


def test_only_those_who_may_change_a_row_read_what_was_going_to_happen(browser):
    """Who looks is not shown the values of a form that is not theirs to send."""
    looker = a_person(username="looker", is_staff=True)
    stale(browser, looker)
    client = a_client(name="Secret Bank")
    for asked in (
        browser.post(url(Client, "change", client.pk), renamed(client)),
        act(browser, Client, "give_new_secret", client),
    ):
        assert "Secret Bank" not in browser.get(asked["Location"]).content.decode()


def test_the_emergency_stop_waits_for_nobody(browser, ada):
    stale(browser, ada)
    page = reverse("admin:biometric_auth_biometricstop_add")
    assert browser.post(page, {"scope": "all", "value": "", "reason": "A trial."})["Location"] == (
        reverse("admin:biometric_auth_biometricstop_changelist")
    )
    other = a_session()
    act(browser, Session, "end", other)
    other.refresh_from_db()
    assert other.ended_at


def test_a_sign_in_of_another_session_is_no_confirmation(browser, ada):
    stale(browser, ada)
    sign_in(HttpClient(), ada)
    assert AuthenticationEvent.objects.count() == 2
    assert asks_first(act(browser, Client, "give_new_secret", a_client()))
