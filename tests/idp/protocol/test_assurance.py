"""ASSURANCE.md: 25 vectors, R-6.2.5-1; monotone, capped, never above the evidence.

R-B-1, R-B-2, R-B-3, R-9.4-7.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.contract import Evidence
from idp.protocol.assurance import (
    SELF_ASSESSED,
    STRICT,
    AssurancePolicy,
    assess,
    combine,
    combined,
    shortfalls,
)
from tests.idp.evidence import FMR, HIGHEST, evidence

VECTORS = json.loads(Path("tests/vectors/assurance_vectors.json").read_text())
EIDAS = ("none", "low", "substantial", "high")
POLICIES = st.builds(AssurancePolicy, st.booleans(), st.booleans())


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["name"])
def test_vector(vector):
    found = asdict(assess(Evidence(**vector["evidence"]), AssurancePolicy(**vector["policy"])))
    found.pop("limited_by")
    assert found == vector["expected"]


def test_there_are_twenty_five_vectors():
    assert len(VECTORS) == 25


@given(evidence(), POLICIES, st.sampled_from(sorted(HIGHEST)))
def test_raising_an_input_never_lowers_a_level(before, policy, name):
    if getattr(before, name) == HIGHEST[name]:
        return
    after = replace(before, **{name: getattr(before, name) + 1})
    assert_never_lower(assess(before, policy), assess(after, policy))


@given(evidence(), POLICIES, st.sampled_from(FMR))
def test_a_smaller_false_match_rate_never_lowers_a_level(before, policy, bound):
    after = replace(before, fmr_upper_bound=min(bound, before.fmr_upper_bound))
    assert_never_lower(assess(before, policy), assess(after, policy))


@given(evidence(), POLICIES)
def test_proximity_and_the_end_of_cooling_off_never_lower_a_level(before, policy):
    assert_never_lower(
        assess(before, policy), assess(replace(before, cross_device="none", cooling_off=0), policy)
    )


@given(evidence())
def test_strict_is_never_more_generous_than_self_assessed(record):
    assert_never_lower(assess(record, STRICT), assess(record, SELF_ASSESSED))
    assert not assess(record, STRICT).self_assessed


@given(evidence(), POLICIES)
def test_raising_every_limiting_input_raises_the_level(record, policy):
    found = assess(record, policy)
    assert bool(found.limited_by) == (found.loa < 4)
    lifted, allowed = record, policy
    for name in found.limited_by:
        if name in {"accept_self_tested_pad", "accept_browser_capture"}:
            allowed = replace(allowed, **{name: True})
        else:
            best = {"fmr_upper_bound": 0.0, "cross_device": "none", "cooling_off": 0} | HIGHEST
            lifted = replace(lifted, **{name: best[name]})
    if found.loa < 4:
        assert assess(lifted, allowed).loa > found.loa


@given(evidence(cooling_off=st.just(1)), POLICIES)
def test_cooling_off_caps_whatever_is_shown(record, policy):
    found = assess(record, policy)
    assert found.loa <= 2
    assert found.aal <= 1
    assert found.eidas in {"none", "low"}


@given(st.lists(evidence(), max_size=2), evidence(cooling_off=st.just(1)), POLICIES)
def test_a_combination_cools_off_with_any_part_of_it(events, cooling, policy):
    found = assess(combine([*events, cooling]), policy)
    assert found.loa <= 2
    assert found.aal <= 1


@given(evidence(knowledge=st.just(0)), POLICIES)
def test_local_unlock_and_remote_face_are_one_factor(record, policy):
    """R-B-2: together they support what the better of the two supports by itself."""
    both = assess(record, policy)
    local = assess(replace(record, remote_match=0), policy)
    remote = assess(replace(record, local_user_verification=0), policy)
    assert both.loa == max(local.loa, remote.loa)
    assert both.aal == max(local.aal, remote.aal)


@given(evidence(knowledge=st.just(0), possession=st.just(0)), POLICIES)
def test_one_category_is_one_factor_however_often_it_is_shown(record, policy):
    found = assess(record, policy)
    assert found.loa <= 1
    assert found.aal == 0


@given(evidence(), POLICIES)
def test_two_factors_are_of_two_categories(record, policy):
    found = assess(record, policy)
    person = record.local_user_verification or found.biometric_grade >= 2
    if found.aal >= 2 or found.loa >= 3:
        assert record.possession
        assert record.knowledge or person


@given(st.lists(evidence(), min_size=1, max_size=4), POLICIES)
def test_no_combination_supports_more_than_the_best_of_every_input(events, policy):
    """R-B-3: the strongest that anything showed anywhere bounds what is made of it."""
    best = replace(
        Evidence(**{name: max(getattr(e, name) for e in events) for name in HIGHEST}),
        fmr_upper_bound=min(e.fmr_upper_bound for e in events),
    )
    for one in combined(events):
        assert_never_lower(assess(one, policy), assess(best, policy))


@given(st.lists(evidence(), min_size=1, max_size=4))
def test_a_combination_shows_nothing_that_no_event_showed(events):
    for one in combined(events):
        for name in HIGHEST:
            assert getattr(one, name) <= max(getattr(e, name) for e in events)
        assert one.fmr_upper_bound >= min(e.fmr_upper_bound for e in events)


@given(evidence(), POLICIES)
def test_each_shortfall_is_of_an_input_that_limits(record, policy):
    found = assess(record, policy)
    sources = {"second": "knowledge", "fmr": "fmr_upper_bound"}
    for name, (has, needs) in shortfalls(record, policy).items():
        assert has < needs
        if not record.cooling_off and record.cross_device != "unproven":
            assert sources.get(name, name) in found.limited_by


def test_a_biometric_alone_has_no_authenticator_level():
    record = Evidence(**VECTORS[1]["evidence"])
    assert assess(record, STRICT).aal == 0


@given(st.lists(evidence(), min_size=1, max_size=3), evidence(), POLICIES)
def test_adding_an_event_never_lowers_what_the_best_combination_supports(events, one, policy):
    for measure in (lambda a: a.loa, lambda a: a.aal, lambda a: a.biometric_grade):
        before = max(measure(assess(e, policy)) for e in combined(events))
        after = max(measure(assess(e, policy)) for e in combined([*events, one]))
        assert after >= before


def test_keys_combine_with_the_weakest_link():
    strong = Evidence(possession=2, channel=2, enrolment=4, intent=1)
    weak = Evidence(possession=1, channel=1, enrolment=1, intent=1)
    both = combine([strong, weak])
    assert (both.possession, both.channel, both.enrolment) == (1, 1, 1)


def test_a_password_does_not_weaken_the_key_beside_it():
    key = Evidence(possession=2, channel=2, enrolment=2, intent=1)
    assert combine([key, Evidence(knowledge=1)]) == replace(key, knowledge=1)


def test_two_biometric_events_never_mix():
    one = Evidence(remote_match=1, pad=4, fmr_upper_bound=1e-6)
    other = Evidence(remote_match=1, freshness=3, same_frames=1, intent=1)
    assert set(combined([one, other])) == {combine([one]), combine([other])}


def assert_never_lower(before, after):
    assert after.biometric_grade >= before.biometric_grade
    assert after.loa >= before.loa
    assert after.aal >= before.aal
    assert EIDAS.index(after.eidas) >= EIDAS.index(before.eidas)
    order = (None, "phr", "phrh")
    assert order.index(after.phishing_resistant) >= order.index(before.phishing_resistant)
