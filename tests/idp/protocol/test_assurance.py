"""ASSURANCE.md: 25 vectors, R-6.2.5-1; monotone in evidence; combining never adds (R-9.4-7)."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.contract import Evidence
from idp.protocol.assurance import SELF_ASSESSED, STRICT, AssurancePolicy, assess, combine, combined

VECTORS = json.loads(Path("tests/vectors/assurance_vectors.json").read_text())
HIGHEST = {
    "possession": 3,
    "knowledge": 1,
    "local_user_verification": 1,
    "remote_match": 1,
    "pad": 4,
    "iad": 3,
    "freshness": 3,
    "same_frames": 1,
    "template_protection": 4,
    "enrolment": 4,
    "channel": 2,
    "intent": 1,
}
FMR = (1.0, 1e-3, 1e-4, 8e-5, 3e-5, 3e-6, 0.0)
DISTANCES = ("unproven", "proximity", "none")
EIDAS = ("none", "low", "substantial", "high")
POLICIES = st.builds(AssurancePolicy, st.booleans(), st.booleans())


def evidence(**fixed):
    fields = {name: st.integers(0, top) for name, top in HIGHEST.items()}
    fields |= {
        "fmr_upper_bound": st.sampled_from(FMR),
        "cross_device": st.sampled_from(DISTANCES),
        "cooling_off": st.integers(0, 1),
    }
    return st.builds(Evidence, **(fields | fixed))


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
