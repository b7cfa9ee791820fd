"""R-B-4, R-B-8: an administrator reads why a session or a grant has its level; no scores."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from idp.admin.why_level import limits
from idp.models import Grant, Session
from idp.protocol import evidence_record
from idp.protocol.acr import LOA, Event
from tests.factories import a_session, an_event
from tests.idp.admin.pages import url
from tests.idp.authentication.test_replays import a_grant
from tests.idp.evidence import FACE, PASSKEY
from tests.idp.protocol.test_evidence_record import NOW, PROFILE, event, record

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])


def read(administrator, model, row):
    response = administrator.get(url(model, "change", row.pk))
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_a_grant_says_what_its_level_was_decided_from(administrator):
    said = read(administrator, Grant, a_grant())
    assert "Level 3" in said
    assert "2 (mapped, not assessed)" in said
    assert "level 3 by itself" in said
    assert "Possession is 1 of the 3 that level 4 would need: an attested key in certified" in said
    assert "version 1: " in said
    assert "does not hold" not in said


def test_a_session_says_what_it_has_now(administrator):
    session = a_session()
    an_event(session, at=timezone.now() - timedelta(minutes=10, seconds=5))
    said = read(administrator, Session, session)
    assert "password , 10 minutes before" in said
    assert "level 1 by itself" in said
    assert "Possession is 0 of the 1 that level 2 would need: a key or a one-time code." in said


def test_a_session_that_ended_says_what_it_had_then(administrator):
    ended = timezone.now() - timedelta(days=2)
    session = a_session(ended_at=ended)
    an_event(session, at=ended - timedelta(minutes=5))
    assert "password , 5 minutes before" in read(administrator, Session, session)


def test_a_forged_record_is_said_to_be_one(administrator):
    grant = a_grant()
    grant.evidence_record["standing"]["level"] = 4
    Grant.objects.filter(pk=grant.pk).update(evidence_record=grant.evidence_record)
    said = read(administrator, Grant, grant)
    assert "The signature of this record does not hold" in said
    assert "By today&#x27;s rules level would be 3 instead of 4." in said


def test_a_record_that_cannot_be_read_breaks_no_page(administrator):
    grant = a_grant()
    Grant.objects.filter(pk=grant.pk).update(evidence_record={"level": 4})
    assert "The record cannot be read" in read(administrator, Grant, grant)


def test_a_row_that_is_older_than_records_says_so(administrator):
    grant = a_grant()
    Grant.objects.filter(pk=grant.pk).update(evidence_record={}, evidence_signature="")
    assert "has no evidence record" in read(administrator, Grant, grant)


def test_no_bound_and_no_score_of_a_biometric_is_shown(administrator):
    session = a_session()
    an_event(session, method="face", evidence=FACE, amr=["face"])
    said = read(administrator, Session, session)
    assert "grade B" in said
    assert "8e-05" not in said


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        pytest.param(record(LOA.format(1), event("passkey", 20)), "Time: ", id="age"),
        pytest.param(
            record(LOA.format(2), event("passkey", 1, cooling_off=1)), "Cooling-off: ", id="cooling"
        ),
        pytest.param(
            record(LOA.format(1)), "Knowledge is 0 of the 1 that level 1 would need", id="nothing"
        ),
    ],
)
def test_what_kept_a_level_from_rising_is_a_sentence(made, sentence):
    assert any(said.startswith(sentence) for said in limits(made))


def test_nothing_limits_the_highest_level():
    best = replace(PASSKEY, possession=3, enrolment=4)
    highest = Event("key", NOW, frozenset(), best)
    made = evidence_record.build(LOA.format(4), (highest,), profile=PROFILE, now=NOW)
    assert limits(made) == []
