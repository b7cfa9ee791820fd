"""R-B-8; ASSURANCE.md: stored levels are decided again; what was changed since is found."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from idp.authentication import profiles, session
from idp.management.commands import replay_evidence
from idp.models import AuthenticationEvent, Grant
from idp.protocol import assurance, evidence_json, evidence_record
from idp.protocol.acr import LOA
from idp.protocol.assurance import SELF_ASSESSED, STRICT
from tests.factories import a_client, a_session, an_event
from tests.idp.evidence import FACE, PASSKEY
from tests.idp.profiles import put_into_force

pytestmark = pytest.mark.django_db


def a_grant(*, evidence=PASSKEY, **fields):
    """Return a grant by one sign-in, both with their records."""
    event = an_event(a_session(secret=str(Grant.objects.count())), evidence=evidence, amr=[])
    facts, profile = session.event_of(event), profiles.in_force()
    record = evidence_record.build(LOA.format(3), (facts,), profile=profile, now=event.at)
    event.keep_evidence(record)
    event.save()
    grant = Grant(
        client=fields.pop("client", None) or a_client(),
        user=event.session.user,
        session=event.session,
        acr=LOA.format(3),
        amr=list(record.standing.amr),
        auth_time=event.at,
        created_at=event.at,
        **fields,
    )
    grant.keep_evidence(record)
    grant.save()
    return grant


def replay(*arguments):
    out, problems = io.StringIO(), io.StringIO()
    try:
        call_command("replay_evidence", *arguments, stdout=out, stderr=problems)
    except CommandError as error:
        return out.getvalue(), str(error)
    return out.getvalue(), problems.getvalue()


def test_sound_records_give_the_same_answer():
    for _ in range(3):
        a_grant()
    assert replay() == ("6 records replayed: 6 give the same answer, 0 do not.\n", "")


def test_only_the_last_of_each_are_read():
    for _ in range(3):
        a_grant()
    assert replay("--last", "2")[0].startswith("4 records")


def _forge(grant):
    """Write another level into the record, with a signature of whoever has no key."""
    grant.evidence_record["standing"]["level"] = 4
    Grant.objects.filter(pk=grant.pk).update(evidence_record=grant.evidence_record)


def test_a_forged_answer_is_found():
    sound, forged = a_grant(), a_grant()
    _forge(forged)
    said, failed = replay()
    assert said.splitlines() == [
        f"grant {forged.pk}: the signature does not hold; level: 4 stored, 3 today",
        "4 records replayed: 3 give the same answer, 1 do not.",
    ]
    assert failed == "1 records do not give the answer that they gave"
    assert str(sound.pk) not in said


def test_forged_facts_that_fit_the_forged_answer_are_found():
    grant = a_grant()
    record = evidence_json.parse(grant.evidence_record)
    proofed = replace(record.events[0], evidence=replace(PASSKEY, enrolment=3))
    forged = evidence_record.build(grant.acr, (proofed,), profile=record.profile, now=record.at)
    assert forged.standing.eidas == "substantial"
    Grant.objects.filter(pk=grant.pk).update(evidence_record=evidence_json.as_json(forged))
    said, failed = replay("--grant", str(grant.pk))
    assert said.startswith(f"grant {grant.pk}: the signature does not hold\n")
    assert failed


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        pytest.param({"acr": LOA.format(4)}, "signature", id="acr"),
        pytest.param({"amr": ["hwk"]}, "the row says something else", id="amr"),
        pytest.param(
            {"auth_time": timezone.now() + timedelta(hours=1)}, "the row says", id="auth-time"
        ),
        pytest.param({"evidence_record": {}}, "no evidence record", id="taken-away"),
        pytest.param({"evidence_record": {"level": 4}}, "no evidence record", id="malformed"),
        pytest.param({"evidence_signature": ""}, "signature", id="unsigned"),
    ],
)
def test_whatever_is_changed_of_a_grant_is_found(changes, finding):
    grant = a_grant()
    Grant.objects.filter(pk=grant.pk).update(**changes)
    said, failed = replay("--grant", str(grant.pk))
    assert finding in said
    assert failed


@pytest.mark.parametrize(
    "changes",
    [
        {"method": "face"},
        {"amr": ["pwd"]},
        {"evidence": {"possession": 3}},
        {"evidence": {"posession": 3}},
        {"at": timezone.now() + timedelta(hours=1)},
    ],
    ids=["method", "amr", "evidence", "evidence-misspelt", "at"],
)
def test_whatever_is_changed_of_a_sign_in_is_found(changes):
    a_grant()
    AuthenticationEvent.objects.update(**changes)
    said, failed = replay()
    assert "sign-in" in said
    assert "the row says something else than its record" in said
    assert failed


def test_records_cannot_be_exchanged_between_rows():
    one, other = a_grant(), a_grant()
    Grant.objects.filter(pk=one.pk).update(
        evidence_record=other.evidence_record, evidence_signature=other.evidence_signature
    )
    assert f"grant {one.pk}: the signature does not hold" in replay()[0]


@pytest.fixture
def change(monkeypatch):
    """Change a rule for one test."""

    def _change(name, value):
        monkeypatch.setattr(assurance, name, value)
        _forget()

    yield _change
    monkeypatch.undo()
    _forget()


def _forget():
    assurance.assess.cache_clear()
    evidence_record.digest.cache_clear()


def test_a_changed_rule_is_found_by_its_digest_and_by_its_answers(change):
    grant = a_grant()
    change("LEVELS", tuple(row for row in assurance.LEVELS if row[0] != 3))
    said, failed = replay("--grant", str(grant.pk))
    assert "level: 3 stored, 2 today" in said
    assert "sha256: " in said
    assert "signature" not in said
    assert failed


def test_a_record_of_other_rules_is_said_to_be_one(change):
    grant = a_grant()
    change("RULES_VERSION", assurance.RULES_VERSION + 1)
    said, failed = replay("--grant", str(grant.pk))
    assert "decided by rules 1, today's are 2" in said
    assert said.endswith("1 were decided by other rules than today's.\n")
    assert not failed


def test_a_profile_that_came_into_force_later_changes_no_answer():
    put_into_force(SELF_ASSESSED)
    profiles.forget()
    grant = a_grant(evidence=replace(FACE, possession=2, enrolment=2))
    put_into_force(STRICT, approvers=("ben", "cid"))
    profiles.forget()
    assert replay("--grant", str(grant.pk))[0].startswith(f"grant {grant.pk}: the same answer\n")


def test_rows_that_are_older_than_records_are_counted_apart():
    grant = a_grant()
    Grant.objects.update(evidence_record={}, evidence_signature="")
    an_event(grant.session)
    said, failed = replay()
    assert said.startswith("1 records replayed: 1 give the same answer, 0 do not.")
    assert said.endswith(" 2 rows are older than evidence records.\n")
    assert not failed
    assert "is older than evidence records" in replay("--grant", str(grant.pk))[0]


def test_a_client_s_own_grant_has_no_record_and_needs_none():
    Grant.objects.create(client=a_client(), created_at=timezone.now())
    assert replay()[0].startswith("0 records replayed")


def test_machines_read_one_object_a_line():
    grant = a_grant()
    _forge(grant)
    found, count = (json.loads(line) for line in replay("--json")[0].splitlines())
    assert found["row"] == f"grant {grant.pk}"
    assert found["differences"] == [{"name": "level", "stored": 4, "today": 3}]
    assert count == {
        "replayed": 2,
        "same": 1,
        "different": 1,
        "of_other_rules": 0,
        "without_record": 0,
    }


@pytest.mark.parametrize(
    "arguments", [("--last", "0"), ("--grant", "x"), ("--last", "1", "--grant", "x")]
)
def test_the_command_refuses_what_it_cannot_find(arguments):
    assert replay(*arguments)[1]


def test_another_secret_key_signs_otherwise(settings):
    grant = a_grant()
    settings.SECRET_KEY = "another secret key of the same deployment"
    assert "the signature does not hold" in replay("--grant", str(grant.pk))[0]


def test_whoever_waits_for_many_sees_how_far_it_is(monkeypatch):
    monkeypatch.setattr(replay_evidence, "PROGRESS", 2)
    for _ in range(2):
        a_grant()
    assert replay()[1].split("\n")[:2] == ["2 replayed", "4 replayed"]
