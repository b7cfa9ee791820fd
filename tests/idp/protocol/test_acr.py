"""OpenID Connect Core 2 (acr), RFC 9470; ASSURANCE.md, "acr"; R-9.4-7 (an aged factor fades)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.contract import Evidence
from idp.protocol import acr
from idp.protocol.acr import LOA, RUNGS, SUPPORTED, Event
from idp.protocol.amr import references
from idp.protocol.assurance import SELF_ASSESSED, STRICT, AssurancePolicy, assess, combined
from tests.idp.evidence import FACE, PASSKEY, PASSWORD, evidence

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SECURITY_KEY = Evidence(possession=2, channel=2, intent=1, enrolment=1)
KINDS = {"password": PASSWORD, "passkey": PASSKEY, "key": SECURITY_KEY, "face": FACE}
REPORTED = {"password": {"pwd"}, "face": {"face"}}


def event(kind, minutes=0):
    reported = frozenset(REPORTED.get(kind, ()))
    return Event(kind, NOW - timedelta(minutes=minutes), reported, KINDS[kind])


EVENTS = st.lists(st.builds(event, st.sampled_from(sorted(KINDS)), st.integers(0, 600)), max_size=4)


@pytest.mark.parametrize(
    ("name", "events", "held"),
    [
        pytest.param(LOA.format(1), [event("password", 479)], True, id="loa1-for-eight-hours"),
        pytest.param(LOA.format(1), [event("password", 481)], False, id="loa1-then-fades"),
        pytest.param(LOA.format(2), [event("passkey", 59)], True, id="loa2-for-an-hour"),
        pytest.param(LOA.format(2), [event("passkey", 61)], False, id="loa2-then-fades"),
        pytest.param(LOA.format(3), [event("passkey", 14)], True, id="loa3-for-a-quarter"),
        pytest.param(LOA.format(3), [event("passkey", 16)], False, id="loa3-then-fades"),
        pytest.param(
            LOA.format("3:rb"), [event("password", 9), event("face", 4)], True, id="rb-five-minutes"
        ),
        pytest.param(
            LOA.format("3:rb"), [event("password", 9), event("face", 6)], False, id="rb-then-fades"
        ),
        pytest.param(
            LOA.format(3), [event("password", 9), event("face", 6)], True, id="level-stays"
        ),
        pytest.param(LOA.format("3:rb"), [event("passkey")], False, id="rb-needs-a-remote-face"),
        pytest.param("phr", [event("passkey")], True, id="phr-with-a-synced-key"),
        pytest.param("phrh", [event("passkey")], False, id="phrh-needs-hardware"),
        pytest.param("phrh", [event("key")], True, id="phrh-with-hardware"),
        pytest.param("phr", [event("password"), event("face")], False, id="phr-needs-the-name"),
        pytest.param("urn:example:unknown", [event("passkey")], False, id="unknown"),
    ],
)
def test_value_holds_while_its_events_are_fresh(name, events, held):
    assert acr.holds(name, events, policy=SELF_ASSESSED, now=NOW) is held


def test_a_remote_biometric_does_not_count_where_the_policy_accepts_too_little():
    events = [event("password"), event("face")]
    assert not acr.holds(LOA.format("2:rb"), events, policy=STRICT, now=NOW)


def test_a_biometric_alone_opens_nothing():
    alone = Evidence(**{**_fields(FACE), "possession": 0, "channel": 0})
    events = [Event("face", NOW, frozenset({"face"}), alone)]
    assert acr.highest(SUPPORTED, events, policy=SELF_ASSESSED, now=NOW) == ""


MINUTES = st.sampled_from((0, 0, 4, 5, 6, 14, 15, 16, 59, 60, 61, 479, 480, 481))
ANY = st.lists(
    st.builds(
        Event,
        st.just("any"),
        MINUTES.map(lambda minutes: NOW - timedelta(minutes=minutes)),
        st.just(frozenset()),
        evidence(),
    ),
    max_size=3,
)
POLICIES = st.builds(AssurancePolicy, st.booleans(), st.booleans())


@given(ANY, POLICIES, st.sampled_from(sorted(RUNGS)), st.integers(1, 40_000))
def test_waiting_alone_raises_nothing(events, policy, name, seconds):
    later = NOW + timedelta(seconds=seconds)
    assert acr.level(events, policy=policy, now=later) <= acr.level(events, policy=policy, now=NOW)
    if acr.holds(name, events, policy=policy, now=later):
        assert acr.holds(name, events, policy=policy, now=NOW)


@given(ANY, POLICIES)
def test_a_level_lasts_as_long_as_is_said_and_no_longer(events, policy):
    stands = acr.level(events, policy=policy, now=NOW)
    end = acr.falls_at(events, policy=policy, now=NOW)
    assert (end is None) == (stands == 0)
    if end is not None:
        after = end + timedelta(microseconds=1)
        assert acr.level(events, policy=policy, now=end) == stands
        assert acr.level(events, policy=policy, now=after) < stands


@given(ANY, POLICIES, st.sampled_from(sorted(RUNGS)))
def test_a_value_that_holds_means_what_it_says(events, policy, name):
    if not acr.holds(name, events, policy=policy, now=NOW):
        return
    rung, level = RUNGS[name], acr.level(events, policy=policy, now=NOW)
    assert level >= rung.level
    fresh = [e.evidence for e in events if rung.counts(e, NOW)]
    ways = [a for a in (assess(e, policy) for e in combined(fresh)) if a.loa >= rung.level]
    assert any(way.aal for way in ways)
    assert not rung.remote_biometric or any(way.biometric_grade >= 2 for way in ways)
    assert not rung.phishing_resistant or any(way.phishing_resistant for way in ways)


@given(ANY, POLICIES)
def test_a_stronger_value_brings_the_weaker_ones_along(events, policy):
    def holds(name):
        return acr.holds(name, events, policy=policy, now=NOW)

    for stronger, weaker in (
        *((LOA.format(n + 1), LOA.format(n)) for n in (1, 2, 3)),
        *((LOA.format(f"{n}:rb"), LOA.format(n)) for n in (2, 3, 4)),
        *((LOA.format(f"{n + 1}:rb"), LOA.format(f"{n}:rb")) for n in (2, 3)),
        ("phrh", "phr"),
        ("phr", LOA.format(2)),
    ):
        assert not holds(stronger) or holds(weaker)


@given(
    st.lists(evidence(possession=st.just(0), knowledge=st.just(0)), max_size=3),
    POLICIES,
    st.sampled_from(sorted(RUNGS)),
)
def test_however_strong_a_person_s_body_alone_opens_nothing(shown, policy, name):
    events = [Event("body", NOW, frozenset(), one) for one in shown]
    assert not acr.holds(name, events, policy=policy, now=NOW)


@given(EVENTS, st.integers(0, 600), st.sampled_from(sorted(RUNGS)))
def test_time_never_makes_a_value_hold(events, minutes, name):
    later = NOW + timedelta(minutes=minutes)
    if acr.holds(name, events, policy=SELF_ASSESSED, now=later):
        assert acr.holds(name, events, policy=SELF_ASSESSED, now=NOW)


@given(EVENTS, EVENTS, st.sampled_from(sorted(RUNGS)))
def test_a_further_event_never_takes_a_value_away(events, more, name):
    if acr.holds(name, events, policy=SELF_ASSESSED, now=NOW):
        assert acr.holds(name, [*events, *more], policy=SELF_ASSESSED, now=NOW)


@given(EVENTS)
def test_a_level_never_ranks_above_its_evidence(events):
    level = acr.level(events, policy=SELF_ASSESSED, now=NOW)
    best = max(
        (assess(e, SELF_ASSESSED).loa for e in combined(x.evidence for x in events)), default=0
    )
    assert level <= best


def test_supported_values_are_known_and_listed_weakest_first():
    assert set(SUPPORTED) <= set(RUNGS)
    assert SUPPORTED[0] == LOA.format(1)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param([event("password")], ("pwd",), id="password"),
        pytest.param([event("passkey")], ("mfa", "pop", "swk", "user"), id="synced-passkey"),
        pytest.param([event("key")], ("hwk", "pop", "user"), id="key-without-verification"),
        pytest.param(
            [event("password"), event("key")],
            ("hwk", "mfa", "pop", "pwd", "user"),
            id="password-and-key",
        ),
        pytest.param(
            [event("password"), event("face")],
            ("face", "mfa", "pop", "pwd", "swk", "user"),
            id="password-and-face",
        ),
        pytest.param([event("face")], ("face", "mfa", "pop", "swk", "user"), id="face-on-device"),
    ],
)
def test_method_references(events, expected):
    assert references(events, SELF_ASSESSED) == expected


def test_face_is_named_only_for_a_verified_one():
    assert "face" not in references([event("password"), event("face")], STRICT)


def test_a_method_cannot_claim_mfa_or_a_made_up_word():
    boasting = Event("password", NOW, frozenset({"pwd", "mfa", "face", "liveness"}), PASSWORD)
    assert references([boasting], SELF_ASSESSED) == ("pwd",)


@pytest.mark.parametrize("name", ["mca", "pin", "otp", "sc"])
def test_what_only_the_method_knows_is_told_and_adds_no_factor(name):
    """`mca` for a second device (`qr`, `push`), `pin` where the authenticator says so."""
    told = Event("other", NOW, frozenset({name}), Evidence(possession=1))
    assert references([told], SELF_ASSESSED) == (name,)


CONSTITUENTS = {
    "possession": {"hwk", "swk", "otp"},
    "knowledge": {"pwd"},
    "person": {"face", "user"},
}


@given(EVENTS, st.sampled_from([STRICT, SELF_ASSESSED]))
def test_references_follow_from_evidence_and_mfa_stands_beside_two_kinds(events, policy):
    named = set(references(events, policy))
    shown = [e.evidence for e in events]
    grades = [assess(one, policy).biometric_grade for one in shown]
    assert ("face" in named) is any(grade >= 2 for grade in grades)
    assert ("hwk" in named) is any(one.possession >= 2 for one in shown)
    assert ("pop" in named) is any(one.possession and one.channel for one in shown)
    assert ("user" in named) is any(one.intent for one in shown)
    if "mfa" in named:
        assert len([kind for kind, names in CONSTITUENTS.items() if names & named]) > 1
    assert references(events, policy) == tuple(sorted(named))


def test_one_factor_twice_is_not_mfa():
    assert "mfa" not in references([event("password"), event("password", 3)], SELF_ASSESSED)


def test_remote_face_without_a_device_key_is_not_mfa():
    alone = Evidence(**{**_fields(FACE), "possession": 0, "channel": 0})
    events = [Event("face", NOW, frozenset({"face"}), alone)]
    assert references(events, SELF_ASSESSED) == ("face", "user")


def _fields(evidence):
    return {name: getattr(evidence, name) for name in evidence.__slots__}
