"""R-9.4-3; STYLE 15: what each role may see and do in the admin, page by page."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import connections
from django.test import Client as HttpClient
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from idp.admin import roles
from idp.models import User
from tests.factories import a_person

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])

# Written by hand, apart from the product's table: pages and actions of the security officer, the
# enrolment officer, the auditor, the help desk. "view" is the list and the page of a row.
STEPS = "approve activate withdraw restore"
EXPECTED = {
    "idp.acralias": ("view add change delete", "", "view", ""),
    "idp.assuranceprofile": (f"view add {STEPS}", "", "view", ""),
    "idp.authenticatormodel": ("view", "", "view", ""),
    "idp.client": ("view add change give_new_secret take_over export", "", "view export", ""),
    "idp.consent": ("view withdraw export", "", "view export", "view withdraw"),
    "idp.grant": ("view revoke export", "", "view export", "view revoke"),
    "idp.clientchange": ("view approve reject withdraw", "", "view", ""),
    "idp.initialaccesstoken": ("view add revoke", "", "view", ""),
    "idp.letter": ("view", "", "view", "view"),
    "idp.logoutnotice": ("view", "", "view", ""),
    "idp.onetimecodesecret": ("view forget", "", "view", "view"),
    "idp.pairwisesubject": ("view", "", "view", ""),
    "idp.passkey": ("view", "", "view", "view"),
    "idp.protectedresource": ("view add change", "", "view", ""),
    "idp.recovery": ("view vouch", "", "view", "view vouch"),
    "idp.recoverycode": ("view forget", "", "view", "view"),
    "idp.riskrecord": ("view add approve withdraw export", "", "view export", ""),
    "idp.scoperequirement": ("view add change delete", "", "view", ""),
    "idp.securityevent": ("view export", "", "view export", ""),
    "idp.session": ("view end", "", "view", "view end"),
    "idp.signingkey": ("view", "", "view", ""),
    "idp.user": ("view", "view", "view", "view change recover"),
    "biometric_auth.biometricreference": (
        "view revoke export",
        "view revoke",
        "view export",
        "view",
    ),
    "biometric_auth.biometricstop": ("view add resume", "view", "view", "view"),
    "biometric_auth.consentreceipt": ("view export", "view", "view export", ""),
    "biometric_auth.device": ("view remove export", "view remove", "view export", "view"),
    "biometric_auth.enrolmentpolicy": (
        f"view add {STEPS}",
        "view add withdraw restore",
        "view",
        "",
    ),
    "biometric_auth.retrylimit": ("view", "view reopen", "view", "view reopen"),
    "biometric_auth.securityevent": ("view export", "", "view export", ""),
    "biometric_auth.transaction": ("view export", "view", "view export", ""),
    "biometric_auth.verificationrecord": ("view export", "view", "view export", ""),
}
# What a page of another kind asks for.
OTHER_PAGES = {"history": "view", "password_change": "set_password"}
PAGES = {"changelist": "view", "add": "add", "change": "view", "delete": "delete"} | OTHER_PAGES
REGISTERED = {model._meta.label_lower: page for model, page in admin.site._registry.items()}
CELLS = [
    pytest.param(role, label, id=f"{role}-{label}") for role in roles.ROLES for label in REGISTERED
]


def somebody(role):
    """Return a member of staff with a role."""
    person = a_person(username=role.replace(" ", "-"), is_staff=True)
    person.groups.add(Group.objects.get(name=role))
    return person


def browser_of(person):
    """Return a browser in which `person` is signed in to the admin."""
    browser = HttpClient()
    browser.force_login(person)
    return browser


def pages_of(page, row="1"):
    """Return (kind, address) of each named page of a model; those of a row are of `row`."""
    for pattern in page.get_urls():
        if pattern.name is None:
            continue
        kind = next((kind for kind in PAGES if pattern.name.endswith(f"_{kind}")), pattern.name)
        if pattern.name.endswith("_password_change"):
            kind = "password_change"
        args = [row] if pattern.pattern.converters or pattern.pattern.regex.groups else []
        yield kind, reverse(f"admin:{pattern.name}", args=args)


def test_every_page_of_the_admin_is_in_the_table():
    assert REGISTERED.keys() == EXPECTED.keys()
    assert {kind for page in REGISTERED.values() for kind, _ in pages_of(page)} <= PAGES.keys()


@pytest.mark.parametrize(("role", "label"), CELLS)
def test_each_role_opens_its_pages_and_no_other(role, label):
    may = EXPECTED[label][roles.ROLES.index(role)].split()
    browser = browser_of(somebody(role))
    # Permission is asked before the row is looked for; by the history alone, after it.
    row = str(a_person(username="anybody").pk) if label == "idp.user" else "1"
    for kind, address in pages_of(REGISTERED[label], row):
        if kind == "history" and label != "idp.user":
            continue
        refused = browser.get(address).status_code == 403
        assert refused == (PAGES[kind] not in may), address
    change = reverse(f"admin:{label.replace('.', '_')}_change", args=[row])
    assert (browser.post(change).status_code == 403) == ("change" not in may)


@pytest.mark.parametrize(("role", "label"), CELLS)
def test_each_role_is_offered_its_actions_and_no_other(role, label):
    request = RequestFactory().get("/admin/")
    request.user = somebody(role)
    may = set(EXPECTED[label][roles.ROLES.index(role)].split()) - {
        "view",
        "add",
        "change",
        "delete",
    }
    assert REGISTERED[label].get_actions(request).keys() == may


def test_a_migration_takes_back_what_the_table_does_not_give():
    desk = Group.objects.get(name=roles.HELP_DESK)
    officer = Group.objects.get(name=roles.SECURITY_OFFICER)
    desk.permissions.add(*officer.permissions.all())
    roles.set_up(using="default")
    given = {f"{one.content_type.app_label}.{one.codename}" for one in desk.permissions.all()}
    assert given == roles.permissions_of(roles.HELP_DESK)


def test_roles_are_not_made_beside_the_references():
    with CaptureQueriesContext(connections["biometric"]) as asked:
        roles.set_up(using="biometric")  # it has no such tables
    assert asked.captured_queries == []


def test_staff_without_a_role_open_nothing():
    browser = browser_of(a_person(username="new", is_staff=True))
    for label in REGISTERED:
        address = reverse(f"admin:{label.replace('.', '_')}_changelist")
        assert browser.get(address).status_code == 403


def form_of(person, **values):
    """Return what the page of a person sends, with what an attacker adds."""
    return {"username": person.username, "claims": "{}", "is_active": "on", **values}


@pytest.mark.parametrize("role", roles.ROLES)
def test_nobody_raises_their_own_role(role):
    person = somebody(role)
    address = reverse("admin:idp_user_change", args=[person.pk])
    officer = Group.objects.get(name=roles.SECURITY_OFFICER)
    sent = form_of(person, is_staff="on", is_superuser="on", groups=[officer.pk])
    assert browser_of(person).post(address, sent).status_code == 403
    assert [group.name for group in person.groups.all()] == [role]
    assert not User.objects.get(pk=person.pk).is_superuser


def test_the_help_desk_closes_an_account_and_changes_nothing_else_of_it():
    """A new address, user name, password or role would each be a way into the account."""
    person = a_person(username="friend", email="friend@example.org")
    before = User.objects.values().get(pk=person.pk)
    address = reverse("admin:idp_user_change", args=[person.pk])
    officer = Group.objects.get(name=roles.SECURITY_OFFICER)
    taken = {"username": "mine", "email": "mine@example.org", "claims": '{"email": "mine"}'}
    roles_too = {"is_staff": "on", "is_superuser": "on", "groups": [officer.pk]}
    sent = form_of(person, first_name="Ada", password="x", **roles_too) | taken
    del sent["is_active"]
    assert browser_of(somebody(roles.HELP_DESK)).post(address, sent).status_code == 302
    after = User.objects.values().get(pk=person.pk)
    assert after == before | {"is_active": False}
    assert not person.groups.exists()


@pytest.mark.parametrize("standing", [{}, {"is_staff": True}, {"is_superuser": True}])
def test_the_help_desk_sets_nobody_s_password(standing):
    other = a_person(username="other", **standing)
    address = reverse("admin:auth_user_password_change", args=[other.pk])
    desk = browser_of(somebody(roles.HELP_DESK))
    assert desk.get(address).status_code == 403
    given = {"password1": "another long password", "password2": "another long password"}
    assert desk.post(address, given | {"usable_password": "true"}).status_code == 403


def test_a_superuser_gives_a_role(administrator):
    person = a_person(username="officer")
    address = reverse("admin:idp_user_change", args=[person.pk])
    auditor = Group.objects.get(name=roles.AUDITOR)
    assert (
        administrator.post(address, form_of(person, is_staff="on", groups=[auditor.pk])).status_code
        == 302
    )
    person.refresh_from_db()
    assert person.is_staff
    assert person.has_perm("biometric_auth.view_device")
    assert not person.has_perm("biometric_auth.change_device")
