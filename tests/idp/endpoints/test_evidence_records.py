"""R-B-4, R-B-8, R-9.4-7: what a level was decided from is kept with the sign-in and the grant."""

from __future__ import annotations

import pytest
from django.test import Client as HttpClient

from idp.authentication import profiles
from idp.models import AuthenticationEvent, Grant
from idp.protocol import evidence_json
from idp.protocol.acr import LOA
from idp.protocol.evidence_record import replay
from tests.factories import a_person, a_session, an_event
from tests.idp.endpoints.test_authorization_walk import sign_in, through_to
from tests.idp.relying_party import RelyingParty, signed_in_browser

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])


@pytest.fixture
def grant():
    rp, browser = RelyingParty(), HttpClient()
    rp.row.skip_consent = True
    rp.row.save()
    response = sign_in(browser, rp.authorize(browser)["Location"], a_person())
    browser.get(through_to(browser, response, "/continue"))
    return Grant.objects.get()


def test_a_grant_keeps_what_its_level_was_decided_from(grant):
    record = evidence_json.parse(grant.evidence_record)
    event = AuthenticationEvent.objects.get()
    assert grant.has_signed_evidence()
    assert replay(record) == ()
    assert [(one.method, one.at) for one in record.events] == [("password", event.at)]
    assert record.profile == profiles.in_force()
    standing = record.standing
    assert (standing.acr, standing.auth_time) == (grant.acr, grant.auth_time)
    assert list(standing.amr) == grant.amr


def test_a_sign_in_keeps_what_it_supported_by_itself(grant):
    event = grant.session.events.get()
    record = evidence_json.parse(event.evidence_record)
    assert event.has_signed_evidence()
    assert (record.standing.acr, record.standing.level) == (LOA.format(1), 1)
    assert record.at == event.at
    assert replay(record) == ()


def test_a_refresh_changes_no_record():
    rp = RelyingParty()
    tokens = rp.tokens(signed_in_browser())
    before = Grant.objects.get().evidence_record
    assert rp.refresh(tokens["refresh_token"]).status_code == 200
    assert Grant.objects.get().evidence_record == before


def test_a_changed_record_or_one_of_another_row_is_not_ours(grant):
    other = Grant(client=grant.client, user=grant.user, session=grant.session)
    other.evidence_record = grant.evidence_record
    other.evidence_signature = grant.evidence_signature
    assert not other.has_signed_evidence()
    grant.evidence_record["standing"]["level"] = 4
    assert not grant.has_signed_evidence()


def test_rows_that_are_older_than_records_have_none():
    event = an_event(a_session())
    assert (event.evidence_record, event.evidence_signature) == ({}, "")
    assert not event.has_signed_evidence()
