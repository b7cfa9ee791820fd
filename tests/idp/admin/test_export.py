"""R-9.4-3: who may take a list away, what is in the file, and that it is recorded; R-9.2-11."""

from __future__ import annotations

import csv
import io

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from biometric_auth.models import BiometricReference, Device, VerificationRecord
from idp.admin import roles
from idp.admin.export import cell
from idp.models import Client, Consent, Grant, SecurityEvent, User
from tests.biometric_auth.records import NOW, a_device, a_record, a_reference
from tests.factories import a_client, a_person
from tests.idp.admin.test_roles import browser_of, somebody

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
EXPORTED = {
    "idp.export_client",
    "idp.export_consent",
    "idp.export_grant",
    "idp.export_securityevent",
    "biometric_auth.export_biometricreference",
    "biometric_auth.export_consentreceipt",
    "biometric_auth.export_device",
    "biometric_auth.export_securityevent",
    "biometric_auth.export_transaction",
    "biometric_auth.export_verificationrecord",
}


def post(browser, model, *rows):
    """Choose rows of a list and export them."""
    meta = model._meta
    form = {"action": "export", "_selected_action": [str(row.pk) for row in rows]}
    return browser.post(reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist"), form)


def lines(response):
    """Return the file's rows, as a spreadsheet reads them."""
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "no-store" in response["Cache-Control"]
    return list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode())))


def test_the_chosen_rows_are_sent_with_the_columns_of_the_list(administrator):
    chosen = a_device("sub-alice", name="Pixel", kind="jws"), a_device("sub-bob", name="Laptop")
    a_device("sub-carol", name="another")
    head, *rows = lines(post(administrator, Device, *chosen))
    assert head == ["pk", "name", "subject", "kind", "possession", "created_at", "removed_at"]
    assert sorted(rows) == sorted(
        [str(row.pk), row.name, row.subject, row.kind, "1", NOW.isoformat(), ""] for row in chosen
    )


def test_all_rows_are_sent_that_the_filters_leave(administrator):
    for number in range(120):
        a_device(f"sub-{number}", kind="jws" if number % 2 else "webauthn")
    page = reverse("admin:biometric_auth_device_changelist")
    form = {
        "action": "export",
        "select_across": "1",
        "_selected_action": [Device.objects.first().pk],
    }
    response = administrator.post(f"{page}?kind__exact=jws", form)
    _head, *rows = lines(response)
    assert len(rows) == 60
    assert {row[3] for row in rows} == {"jws"}


def test_an_export_is_recorded_before_it_is_sent(administrator):
    post(administrator, Device, a_device(), a_device("sub-bob"))
    event = SecurityEvent.objects.get(kind="admin.device.exported")
    assert event.details == {"by": "admin", "application": "biometric_auth", "rows": 2}
    assert event.subject == User.objects.get(username="admin").subject


def test_nothing_that_a_list_does_not_show_is_in_the_file(administrator):
    text = str(lines(post(administrator, VerificationRecord, a_record(outcome="injection"))))
    assert "injection" not in text
    text = str(lines(post(administrator, BiometricReference, a_reference("sub-alice"))))
    assert "noise" not in text


def test_columns_of_the_provider_are_words(administrator):
    client, person = a_client(name="Harbour Bank"), a_person(username="alice")
    consent = Consent.objects.create(user=person, client=client, scope="openid", granted_at=NOW)
    grant = Grant.objects.create(client=client, subject="x", scope="openid", created_at=NOW)
    head, row = lines(post(administrator, Client, client))
    assert "Harbour Bank" in row
    assert len(head) == len(row)
    _head, row = lines(post(administrator, Consent, consent))
    assert row[1] == "alice"
    _head, row = lines(post(administrator, Grant, grant))
    assert row[2] == ""


@pytest.mark.parametrize("role", roles.ROLES)
def test_only_officers_of_security_and_auditors_export(role):
    response = post(browser_of(somebody(role)), Device, a_device())
    may = role in {roles.SECURITY_OFFICER, roles.AUDITOR}
    assert response["Content-Type"].startswith("text/csv") == may
    assert SecurityEvent.objects.filter(kind="admin.device.exported").exists() == may
    given = {name for name in roles.permissions_of(role) if ".export_" in name}
    assert given == (EXPORTED if may else set())


def test_nobody_exports_people(administrator):
    response = post(administrator, User, a_person())
    assert "csv" not in response["Content-Type"]
    assert not SecurityEvent.objects.filter(kind="admin.user.exported").exists()


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_the_name_of_a_device_is_no_formula(administrator, name):
    _head, row = lines(post(administrator, Device, a_device(name=name)))
    assert row[1] == f"'{name}"


@given(st.text())
def test_no_cell_begins_a_formula(text):
    assert cell(text)[:1] not in {"=", "+", "-", "@", "\t", "\r", "\n"}
    assert cell(text).removeprefix("'") == text.removeprefix("'")
