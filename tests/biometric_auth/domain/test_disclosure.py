"""R-9.2-11, R-9.2-19: what is told of causes is never about fewer than five people."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometric_auth.domain.disclosure import FEWEST, Tally, told_apart

CAUSES = ("attack", "injected", "comparison", "other")
TALLIES = st.dictionaries(
    st.sampled_from(CAUSES),
    st.integers(0, 12).flatmap(
        lambda people: st.integers(people, 3 * people).map(lambda count: Tally(count, people))
    ),
)


@pytest.mark.parametrize(
    ("people", "told"),
    [
        pytest.param({}, set(), id="nobody"),
        pytest.param({"attack": 4, "other": 9}, set(), id="few, and by subtraction the others"),
        pytest.param({"attack": 9}, set(), id="everybody for one cause"),
        pytest.param({"attack": 5, "other": 5}, {"attack", "other"}, id="both are many"),
        pytest.param(
            {"attack": 5, "injected": 2, "other": 6}, {"other"}, id="the few hide among others"
        ),
        pytest.param(
            {"attack": 5, "comparison": 7, "other": 0}, {"attack", "comparison"}, id="none is none"
        ),
    ],
)
def test_what_is_told(people, told):
    tallies = {cause: Tally(10 * number, number) for cause, number in people.items()}
    assert told_apart(tallies) == {cause: 10 * people[cause] for cause in told}


@given(TALLIES)
def test_no_figure_and_no_difference_is_about_few_people(tallies):
    told = told_apart(tallies)
    rest = [tally for cause, tally in tallies.items() if cause not in told and tally.count]
    assert all(tallies[cause].people >= FEWEST for cause in told)
    if told and rest:
        assert max(tally.people for tally in rest) >= FEWEST


@given(TALLIES)
def test_nobody_who_was_refused_has_a_certain_cause(tallies):
    told = told_apart(tallies)
    total = sum(tally.count for tally in tallies.values())
    assert all(count < total for count in told.values())
