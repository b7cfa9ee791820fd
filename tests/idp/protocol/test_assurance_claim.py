"""ASSURANCE.md, "amr"; R-B-5: what the assurance claim tells, and what it never does."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from idp.contract import Evidence
from idp.protocol import assurance_claim, evidence_record
from idp.protocol.acr import LOA, Event
from idp.protocol.assurance import SELF_ASSESSED, STRICT
from idp.protocol.evidence_record import Profile
from tests.idp import evidence

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def claim(value, *events, policy=SELF_ASSESSED):
    happened = [
        Event("any", NOW - timedelta(minutes=minutes), frozenset(), shown)
        for shown, minutes in events
    ]
    record = evidence_record.build(value, happened, profile=Profile(1, policy), now=NOW)
    return assurance_claim.claim(record)


def at(minutes):
    return int((NOW - timedelta(minutes=minutes)).timestamp())


def test_a_face_that_counted_is_told_of_with_all_that_stood_behind_it():
    found = claim(LOA.format("3:rb"), (evidence.PASSWORD, 4), (evidence.FACE, 1))
    assert found == {
        "level": 3,
        "phishing_resistant": False,
        "self_assessed": True,
        "evidence": [
            {"kinds": ["knowledge"], "time": at(4)},
            {"kinds": ["possession", "remote_biometric"], "time": at(1)},
        ],
    }


def test_a_passkey_is_phishing_resistant_and_local_user_verification_is_no_remote_biometric():
    found = claim(LOA.format(3), (evidence.PASSKEY, 1))
    assert (found["phishing_resistant"], found["self_assessed"]) == (True, False)
    kinds = ["possession", "local_user_verification"]
    assert found["evidence"] == [{"kinds": kinds, "time": at(1)}]


def test_a_face_that_did_not_count_and_an_event_that_was_too_old_are_not_told_of():
    strict = claim(LOA.format(1), (evidence.PASSWORD, 1), (evidence.FACE, 1), policy=STRICT)
    assert "remote_biometric" not in json.dumps(strict)
    aged = claim(LOA.format("3:rb"), (evidence.PASSWORD, 1), (evidence.FACE, 1), (evidence.FACE, 9))
    assert [one["time"] for one in aged["evidence"]] == [at(1), at(1)]


def test_evidence_of_no_kind_leaves_no_entry():
    assert claim(LOA.format(1), (evidence.PASSWORD, 1), (Evidence(), 1))["evidence"] == [
        {"kinds": ["knowledge"], "time": at(1)}
    ]


@pytest.mark.parametrize("changed", [{"pad": 4}, {"iad": 3}, {"fmr_upper_bound": 1e-6}])
def test_no_grade_or_bound_shows(changed):
    better = replace(evidence.FACE, **changed)
    shown = [
        claim(LOA.format("3:rb"), (evidence.PASSWORD, 2), (face, 1))
        for face in (evidence.FACE, better)
    ]
    for one in shown:
        one.pop("self_assessed")
    assert shown[0] == shown[1]
