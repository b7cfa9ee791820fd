"""R-9.4-9, T-8.3-13: the help desk begins recoveries and vouches by two, and sees no secret."""

from __future__ import annotations

import pytest
from django.core import mail
from django.core.management import call_command

from idp import tasks
from idp.admin import roles
from idp.authentication import letters, recovery_code
from idp.models import Letter, Recovery, SecurityEvent, User
from tests.idp.admin.pages import act, url
from tests.idp.admin.test_roles import browser_of, somebody
from tests.idp.authentication.test_letters import reachable

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])


@pytest.fixture
def alice():
    return reachable(username="alice")


@pytest.fixture
def desk():
    return browser_of(somebody(roles.HELP_DESK))


@pytest.fixture
def officer():
    return browser_of(somebody(roles.SECURITY_OFFICER))


def test_the_help_desk_sends_a_link_that_it_does_not_see(
    desk, alice, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as queued:
        act(desk, User, "recover", alice)
    letter = Letter.objects.get()
    assert str(letter.pk) in [job.args[-1] for job in queued if hasattr(job, "args") and job.args]
    tasks.send_letter(str(letter.pk))
    row = Recovery.objects.get()
    token = letters.link(row).rsplit("/", 1)[1]
    assert token in mail.outbox[0].body
    for model, page, args in (
        (Recovery, "changelist", []),
        (Recovery, "change", [row.pk]),
        (Letter, "changelist", []),
        (Letter, "change", [letter.pk]),
    ):
        shown = desk.get(url(model, page, *args))
        assert shown.status_code == 200
        assert token not in shown.content.decode()
    begun = SecurityEvent.objects.get(kind="recovery.begun")
    assert (begun.subject, begun.details["by"]) == (alice.subject, "help-desk")


@pytest.mark.parametrize(
    "fields",
    [{"is_active": False}, {"is_staff": True}, {"is_superuser": True}, {"email": ""}],
)
def test_no_link_goes_to_closed_or_administering_accounts_or_nowhere(administrator, fields):
    act(administrator, User, "recover", reachable(**fields))
    assert not Letter.objects.exists()
    assert not Recovery.objects.exists()


def test_whoever_began_a_recovery_does_not_vouch_and_somebody_else_does(desk, officer, alice):
    act(desk, User, "recover", alice)
    row = Recovery.objects.get()
    act(desk, Recovery, "vouch", row)
    row.refresh_from_db()
    assert row.vouched_by == ""
    act(officer, Recovery, "vouch", row)
    row.refresh_from_db()
    assert (row.started_by, row.vouched_by) == ("help-desk", "security-officer")
    assert SecurityEvent.objects.get(kind="recovery.vouched").details["by"] == "security-officer"


def test_the_person_s_page_shows_the_ways_that_there_are(desk, alice):
    recovery_code.make(person=alice, level=1)
    page = desk.get(url(User, "change", alice.pk)).content.decode()
    assert "email, password, recovery code" in page


def test_codes_are_seen_as_rows_and_removed_as_a_set(officer, desk, alice):
    codes = recovery_code.make(person=alice, level=1)
    row = alice.recovery_codes.first()
    for address in (url(type(row), "changelist"), url(type(row), "change", row.pk)):
        shown = desk.get(address).content.decode()
        assert not any(secret in shown for secret in (*codes, row.code_hmac))
    act(officer, type(row), "forget", row)
    assert recovery_code.left(alice) == 0


@pytest.mark.parametrize(
    ("claims", "confirmed"),
    [('{"email_verified": true}', False), ('{"email_verified": true, "locale": "de"}', True)],
)
def test_an_address_that_an_administrator_changes_is_confirmed_by_nobody_yet(
    administrator, alice, claims, confirmed
):
    form = {"username": "alice", "email": "new@example.org", "claims": claims, "is_active": "on"}
    assert administrator.post(url(User, "change", alice.pk), form).status_code in {302, 303}
    alice.refresh_from_db()
    assert alice.email == "new@example.org"
    assert bool(letters.confirmed_address(alice)) is confirmed


def test_roles_are_what_every_migration_sets_them_to():
    call_command("migrate", verbosity=0)
    assert "idp.change_recovery" in roles.permissions_of(roles.HELP_DESK)
    assert "idp.change_recovery" not in roles.permissions_of(roles.AUDITOR)
