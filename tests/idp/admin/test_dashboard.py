"""R-9.2-19, R-9.2-11: the first page says how it goes, to each role what it may know; R-9.1-2."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from celery import current_app
from django.contrib.auth.models import Group
from django.db import connections
from django.test import Client as HttpClient
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from biometric_auth.models import BiometricReference
from biometric_auth.policy import get_policy as biometric_policy
from biometric_auth.services import availability
from idp import keys
from idp.admin import health, roles
from idp.authentication import profiles
from idp.models import AssuranceProfile, LogoutNotice, SigningKey
from idp.policy import get_policy
from tests.biometric_auth.records import a_device, a_record, a_reference, a_transaction, refusals
from tests.factories import a_client, a_person

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
ALL = {
    "Rules and keys",
    "Queue",
    "Remote biometrics",
    "Enrolments by day",
    "Step-ups by outcome and day",
    "Refused captures by cause and day",
    "False rejections by week, engine and kind of device",
}
CAUSES = {"Refused captures by cause and day"}
OF_PEOPLE = {"Remote biometrics", "Enrolments by day"}
SEEN = {
    roles.SECURITY_OFFICER: ALL,
    roles.AUDITOR: ALL,
    roles.ENROLMENT_OFFICER: ALL - CAUSES - {"Rules and keys", "Queue"},
    roles.HELP_DESK: OF_PEOPLE,
}


def browser_of(*groups):
    person = a_person(is_staff=True)
    person.groups.set(Group.objects.filter(name__in=groups))
    browser = HttpClient()
    browser.force_login(person)
    return browser


def page(browser):
    return browser.get("/admin/").content.decode()


def titles(browser):
    return {title.strip() for title in re.findall(r"<h2[^>]*>([^<]+)</h2>", page(browser))} & ALL


def fact(browser, name):
    """Return the tone and the words of a fact."""
    found = re.search(rf'data-tone="(\w+)"><dt>{name}</dt><dd>(.*?)</dd>', page(browser))
    return found[1], re.sub(r"<[^>]+>", "", found[2])


@pytest.mark.parametrize("role", roles.ROLES)
def test_each_role_sees_its_panels(role):
    assert titles(browser_of(role)) == SEEN[role]


def test_who_has_no_role_sees_no_panel():
    assert titles(browser_of()) == set()


def test_causes_are_counted_for_roles_that_do_not_talk_with_the_people():
    told = {
        role
        for role in roles.ROLES
        if "biometric_auth.watch_verificationrecord" in roles.permissions_of(role)
    }
    assert told == {roles.SECURITY_OFFICER, roles.AUDITOR}


def test_a_person_is_never_found_behind_a_cause(administrator):
    yesterday = timezone.now() - timedelta(days=1)
    a_record("sub-victim", outcome="attack_presentation", at=yesterday)
    refusals("non_match", people=9, at=yesterday)
    chart = page(administrator).partition("Refused captures by cause")[2]
    row = re.search(rf'<th scope="row">{yesterday:%d %b}</th>(.*?)</tr>', chart)[1]
    assert re.findall("<td>(.*?)</td>", row) == ["—", "—", "—", "10"]


def test_the_page_needs_no_script_of_its_own_and_every_chart_has_its_table(administrator):
    a_reference("sub-alice", created_at=timezone.now())
    a_transaction(created_at=timezone.now())
    shown = page(administrator).partition('class="dashboard')[2].partition("Recent actions")[0]
    own = shown.partition("app-biometric_auth")[0]
    assert "<script" not in own
    assert "style=" not in own
    assert own.count('<svg viewBox="0 0 280') == own.count('<svg viewBox="0 0 70') == 1
    assert own.count("<table>") == 2


@pytest.mark.parametrize("rows", [1, 12])
def test_the_number_of_queries_does_not_grow_with_the_rows(administrator, rows):
    page(administrator)  # keys, policies and permissions are made and remembered
    for number in range(rows):
        subject = f"sub-{number}"
        a_reference(subject)
        a_transaction(subject=subject)
        a_record(subject, device=a_device(subject).pk, engine=f"face/{number}")
        a_notice()
    assert queries(administrator) == {"default": 4, "biometric": 7}


def queries(browser):
    """Return how many queries the page takes, by database."""
    aliases = ("default", "biometric")
    captured = {alias: CaptureQueriesContext(connections[alias]) for alias in aliases}
    with captured["default"], captured["biometric"]:
        page(browser)
    return {alias: len(one) for alias, one in captured.items()}


def a_notice(**fields):
    now = timezone.now()
    fields = {"next_attempt_at": now, "created_at": now} | fields
    return LogoutNotice.objects.create(client=a_client(), sid="sid", subject="sub", **fields)


def test_all_is_well(administrator):
    keys.public_jwks()
    for name in ("Assurance profile", "Tasks waiting", "Stopped", "Enrolment policy", "Key ring"):
        assert fact(administrator, name)[0] == "good"
    assert fact(administrator, "Key for ES256")[0] == "good"
    assert fact(administrator, "References to erase") == ("good", "none")


def test_a_key_that_should_have_changed_is_an_alarm(administrator):
    keys.public_jwks()
    old = timezone.now() - get_policy().signing_key_lifetime - timedelta(hours=2)
    SigningKey.objects.update(activates_at=old)
    tone, words = fact(administrator, "Key for ES256")
    assert tone == "bad"
    assert words.startswith("Act: until")
    keys.rotate()
    tone, words = fact(administrator, "Key for ES256")
    assert tone == "good"
    assert words.startswith("the next one from")


def test_rules_that_somebody_changed_are_an_alarm(administrator):
    profiles.in_force()
    AssuranceProfile.objects.update(signature="x")
    profiles.forget()
    assert fact(administrator, "Assurance profile")[0] == "bad"


def test_a_queue_that_nobody_empties_is_an_alarm(administrator):
    now = timezone.now()
    a_notice(next_attempt_at=now + timedelta(minutes=1))
    assert fact(administrator, "Logouts to tell") == ("good", "1")
    a_notice(next_attempt_at=now - 2 * health.PATIENCE)
    tone, words = fact(administrator, "Logouts to tell")
    assert tone == "bad"
    assert words.startswith("Act: 2, the oldest due since")


def test_what_was_given_up_is_shown_for_a_day(administrator):
    now = timezone.now()
    a_notice(state="given_up", created_at=now - timedelta(days=2))
    assert fact(administrator, "Logouts given up in a day") == ("good", "0")
    a_notice(state="given_up")
    assert fact(administrator, "Logouts given up in a day") == ("watch", "Look: 1")


def test_a_broker_that_is_away_is_an_alarm(administrator, monkeypatch):
    monkeypatch.setitem(current_app.conf, "broker_read_url", "redis://127.0.0.1:1/0")
    assert fact(administrator, "Tasks waiting") == ("bad", "Act: the broker cannot be reached")


def test_an_erasure_that_takes_too_long_is_an_alarm(administrator):
    a_reference("sub-alice", state="revoked", revoked_at=timezone.now() - timedelta(hours=3))
    assert fact(administrator, "References to erase")[0] == "watch"
    BiometricReference.objects.update(revoked_at=timezone.now() - timedelta(hours=25))
    assert fact(administrator, "References to erase")[0] == "bad"


def test_what_is_stopped_is_named(administrator):
    availability.stop(scope="client", value="bank", reason="a test", by="admin")
    assert fact(administrator, "Stopped") == ("watch", "Look: client bank")


@pytest.fixture
def configure(settings):
    """Return a way to change settings of both sides for one test."""

    def change(*, idp=None, biometric=None):
        settings.IDP = settings.IDP | (idp or {})
        settings.BIOMETRIC_AUTH = settings.BIOMETRIC_AUTH | (biometric or {})
        get_policy.cache_clear()
        biometric_policy.cache_clear()

    yield change
    get_policy.cache_clear()
    biometric_policy.cache_clear()


def test_a_key_ring_that_cannot_be_read_is_an_alarm(administrator, configure, tmp_path):
    broken = tmp_path / "keyring.json"
    broken.write_text("{}")
    configure(biometric={"key_ring": broken})
    assert fact(administrator, "Key ring") == ("bad", "Act: cannot be used")
    assert fact(administrator, "Enrolment policy")[0] == "bad"


def test_an_engine_that_cannot_be_loaded_is_an_alarm(administrator, configure):
    configure(biometric={"engine": "biometric_auth.engines.none.Engine"})
    assert fact(administrator, "Engine")[0] == "bad"


def test_a_part_that_cannot_speak_does_not_hide_the_others(administrator, configure, caplog):
    configure(idp={"dashboard": ("nowhere.panels", "idp.admin.health.panels")})
    assert fact(administrator, "Dashboard") == ("bad", "Act: cannot be shown; see the log")
    assert fact(administrator, "Logouts to tell")[0] == "good"
    assert "no panels of nowhere.panels" in caplog.text
