"""R-B-4, R-B-8, R-9.4-7; ASSURANCE.md: a record is decided again to the same answer, or not."""

from __future__ import annotations

import copy
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.contract import Evidence
from idp.protocol import acr, amr, assurance, evidence_json, evidence_record
from idp.protocol.acr import LOA, RUNGS, Ages, Event
from idp.protocol.assurance import SELF_ASSESSED, STRICT, AssurancePolicy
from idp.protocol.evidence_json import MalformedError
from idp.protocol.evidence_record import Difference, Profile, build, replay
from tests.idp.evidence import FACE, PASSKEY, PASSWORD

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
KINDS = {"password": PASSWORD, "passkey": PASSKEY, "face": FACE}
CERTIFIED = Evidence(possession=3, knowledge=1, channel=2, intent=1, enrolment=4)
PROFILE = Profile(7, SELF_ASSESSED)
RB3 = LOA.format("3:rb")


def event(kind, minutes=0, **changes):
    shown = replace(KINDS[kind], **changes)
    reported = {"password": {"pwd"}, "face": {"face"}}.get(kind, ())
    return Event(kind, NOW - timedelta(minutes=minutes), frozenset(reported), shown)


def record(value, *events, profile=PROFILE):
    return build(value, events, profile=profile, now=NOW)


STEPPED_UP = record(RB3, event("face", 2), event("password", 9))
EVENTS = st.lists(st.builds(event, st.sampled_from(sorted(KINDS)), st.integers(0, 600)), max_size=4)
PROFILES = st.builds(
    Profile,
    st.integers(0, 9),
    st.builds(AssurancePolicy, st.booleans(), st.booleans()),
    st.builds(
        lambda seconds, face: Ages(tuple(timedelta(seconds=one) for one in seconds), face),
        st.tuples(*[st.integers(0, 40_000)] * 4),
        st.integers(0, 900).map(lambda seconds: timedelta(seconds=seconds)),
    ),
)


def test_a_record_holds_the_facts_oldest_first_and_what_followed():
    assert [one.method for one in STEPPED_UP.events] == ["password", "face"]
    standing = STEPPED_UP.standing
    assert (standing.acr, standing.level, standing.aal, standing.eidas) == (RB3, 3, 2, "low")
    assert standing.auth_time == NOW - timedelta(minutes=2)
    assert standing.amr == ("face", "mfa", "pop", "pwd", "swk", "user")
    assert standing.biometric_grade == 2
    assert standing.self_assessed
    assert standing.limited_by == ("channel", "enrolment", "possession")


def test_what_needs_no_acceptance_is_not_self_assessed():
    assert not record(LOA.format(3), event("passkey")).standing.self_assessed
    assert not record(LOA.format(1), event("password")).standing.self_assessed


@pytest.mark.parametrize(
    ("events", "limits"),
    [
        pytest.param([], ("knowledge", "possession"), id="nothing"),
        pytest.param([event("passkey", 20)], ("age",), id="age-alone"),
        pytest.param([event("password")], ("possession",), id="an-input"),
        pytest.param(
            [Event("face", NOW, frozenset(), replace(FACE, possession=0, channel=0))],
            ("knowledge", "possession"),
            id="a-biometric-alone-is-nothing",
        ),
    ],
)
def test_what_kept_the_level_from_rising(events, limits):
    assert set(limits) <= set(record(LOA.format(1), *events).standing.limited_by)


@pytest.mark.parametrize(
    ("events", "aal", "eidas", "phishing_resistant"),
    [
        pytest.param([event("passkey", 14)], 2, "low", "phr", id="fresh"),
        pytest.param([event("passkey", 59)], 2, "low", "phr", id="an-hour"),
        pytest.param([event("passkey", 61)], 1, "low", None, id="faded"),
        pytest.param([event("passkey", 14, enrolment=3)], 2, "substantial", "phr", id="proofed"),
        pytest.param([event("passkey", 16, enrolment=3)], 2, "low", "phr", id="proofed-faded"),
        pytest.param(
            [Event("key", NOW, frozenset(), CERTIFIED)], 3, "high", "phrh", id="certified"
        ),
        pytest.param(
            [Event("key", NOW - timedelta(minutes=16), frozenset(), CERTIFIED)],
            2,
            "low",
            "phrh",
            id="certified-faded",
        ),
        pytest.param([], 0, "none", None, id="nothing"),
    ],
)
def test_the_other_words_fade_as_the_level_does(events, aal, eidas, phishing_resistant):
    standing = record(LOA.format(1), *events).standing
    assert (standing.aal, standing.eidas) == (aal, eidas)
    assert standing.phishing_resistant == phishing_resistant


def test_of_events_that_show_the_same_the_latest_is_kept():
    kept = record(LOA.format(1), event("password", 9), event("password", 1), event("password", 5))
    assert [one.at for one in kept.events] == [NOW - timedelta(minutes=1)]


@given(st.sampled_from(sorted(RUNGS)), EVENTS, PROFILES)
def test_every_record_is_decided_again_to_the_same_answer(value, events, profile):
    made = record(value, *events, profile=profile)
    held = acr.holds(value, events, policy=profile.policy, now=NOW, ages=profile.ages)
    assert made.standing.acr == (value if held else "")
    assert evidence_json.parse(evidence_json.as_json(made)) == made
    if held:
        assert replay(made) == ()


@given(EVENTS, PROFILES)
def test_the_words_of_a_record_never_rank_above_its_evidence(events, profile):
    standing = record(LOA.format(1), *events, profile=profile).standing
    ways = [
        assurance.assess(e, profile.policy) for e in assurance.combined(x.evidence for x in events)
    ]
    for name in ("loa", "aal", "biometric_grade"):
        best = max((getattr(way, name) for way in ways), default=0)
        assert getattr(standing, "level" if name == "loa" else name) <= best


@pytest.mark.parametrize(
    ("changed", "names"),
    [
        pytest.param({"level": 4}, {"level"}, id="level"),
        pytest.param({"acr": LOA.format(4)}, {"acr"}, id="acr"),
        pytest.param({"amr": ("face", "hwk")}, {"amr"}, id="amr"),
        pytest.param({"self_assessed": False}, {"self_assessed"}, id="self-assessed"),
        pytest.param({"auth_time": NOW}, {"auth_time"}, id="auth-time"),
    ],
)
def test_a_changed_answer_is_found(changed, names):
    changed = replace(STEPPED_UP, standing=replace(STEPPED_UP.standing, **changed))
    found = replay(changed)
    assert names <= {one.name for one in found}


def test_changed_facts_are_found():
    stronger = replace(STEPPED_UP.events[1], evidence=replace(FACE, possession=3, enrolment=4))
    found = replay(replace(STEPPED_UP, events=(STEPPED_UP.events[0], stronger)))
    assert "amr" in {one.name for one in found}
    later = replace(STEPPED_UP, at=NOW + timedelta(minutes=4))
    assert Difference("acr", RB3, "") in replay(later)
    stricter = replace(STEPPED_UP, profile=Profile(7, STRICT))
    assert {"sha256", "acr", "self_assessed"} <= {one.name for one in replay(stricter)}


@pytest.fixture
def change(monkeypatch):
    """Change a rule for one test: what was judged before is forgotten, then and after."""

    def _change(module, name, value):
        monkeypatch.setattr(module, name, value)
        _forget()

    yield _change
    monkeypatch.undo()
    _forget()


def _forget():
    assurance.assess.cache_clear()
    evidence_record.digest.cache_clear()


def test_a_changed_rule_is_found(change):
    change(assurance, "LEVELS", assurance.LEVELS[1:])
    assert {one.name for one in replay(STEPPED_UP)} == {"sha256", "limited_by"}


def test_a_record_of_other_rules_is_judged_by_its_answer_alone(change):
    change(assurance, "RULES_VERSION", assurance.RULES_VERSION + 1)
    assert replay(STEPPED_UP) == ()


def test_whoever_changes_a_rule_gives_the_rules_a_new_version():
    shipped = evidence_record.digest(Profile(1, STRICT))
    assert (assurance.RULES_VERSION, shipped) == (
        1,
        "ea323a06b2bd6fb7a2b2b26a59ee17e6a75678b926daaa6f588162465570de4b",
    )


@pytest.mark.parametrize("name", ["GRADES", "LEVELS", "AALS", "FMR_STEPS"])
def test_the_digest_covers_every_table(change, name):
    before = evidence_record.digest(PROFILE)
    change(assurance, name, getattr(assurance, name)[1:])
    assert evidence_record.digest(PROFILE) != before


def test_the_digest_covers_the_predicates_the_references_and_the_profile(change):
    digests = {evidence_record.digest(PROFILE)}
    for profile in (
        Profile(8, SELF_ASSESSED),
        Profile(7, STRICT),
        Profile(7, SELF_ASSESSED, Ages(remote_biometric=timedelta(minutes=6))),
    ):
        digests.add(evidence_record.digest(profile))
    change(amr, "REPORTED", frozenset())
    digests.add(evidence_record.digest(PROFILE))
    change(acr, "RUNGS", {})
    digests.add(evidence_record.digest(PROFILE))
    assert len(digests) == 6


WRITTEN = evidence_json.as_json(STEPPED_UP)


def test_evidence_that_was_not_shown_takes_no_room():
    assert WRITTEN["events"][0]["evidence"] == {"knowledge": 1}
    assert set(WRITTEN["events"][1]["evidence"]) < set(asdict(FACE))


@pytest.mark.parametrize(
    "path",
    [
        ("rules", "1"),
        ("rules", True),
        ("sha256", None),
        ("at", "2026-11-24T12:00:00"),
        ("at", "yesterday"),
        ("at", 5),
        ("profile", None),
        ("profile.version", "7"),
        ("profile.policy", {"accept_everything": True}),
        ("profile.policy", []),
        ("profile.level_ages", [1, 2, 3]),
        ("profile.level_ages", ["1", "2", "3", "4"]),
        ("profile.level_ages", [1, 2, 3, 4.5]),
        ("profile.remote_biometric_age", 1e300),
        ("events", {}),
        ("events", [1]),
        ("events.0.method", 5),
        ("events.0.amr", "pwd"),
        ("events.0.amr", [["pwd"]]),
        ("events.0.evidence", {"knowlege": 1}),
        ("events.0.evidence", {"knowledge": 5}),
        ("events.0.evidence", {"pad": True}),
        ("events.0.evidence", {"fmr_upper_bound": 2}),
        ("events.0.evidence", {"cross_device": "far"}),
        ("profile.policy", {"accept_self_tested_pad": 1}),
        ("events.0.more", 1),
        ("standing.level", "3"),
        ("standing.self_assessed", 1),
        ("standing.phishing_resistant", 1),
        ("standing.limited_by", "age"),
        ("standing.more", 1),
        ("more", 1),
    ],
    ids=str,
)
def test_what_is_no_record_is_refused(path):
    names, value = path
    written = copy.deepcopy(WRITTEN)
    *way, last = names.split(".")
    place = written
    for name in way:
        place = place[int(name) if name.isdecimal() else name]
    place[last] = value
    with pytest.raises(MalformedError):
        evidence_json.parse(written)


@pytest.mark.parametrize("value", [None, [], {}, "record", 1])
def test_what_is_no_object_is_no_record(value):
    with pytest.raises(MalformedError):
        evidence_json.parse(value)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(st.sampled_from([*WRITTEN, *WRITTEN["standing"]]), inner, max_size=6)
        ),
        max_leaves=12,
    )
)
def test_whatever_a_column_holds_is_refused_in_one_way(value):
    with pytest.raises(MalformedError):
        evidence_json.parse(value)
