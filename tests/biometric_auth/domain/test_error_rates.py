"""ISO/IEC 19795-1: bounds of error rates, against published values."""

from __future__ import annotations

import numpy as np
import pytest

from biometric_auth.domain.error_rates import clopper_pearson, rate_between, rate_within


@pytest.mark.parametrize(
    ("errors", "trials", "bound"),
    [
        pytest.param(0, 30_000, 1e-4, id="rule-of-three"),
        pytest.param(0, 59, 0.0495, id="none-in-59"),
        pytest.param(1, 100, 0.0466, id="one-in-100"),
        pytest.param(5, 10, 0.7776, id="half"),
        pytest.param(10, 10, 1.0, id="all"),
        pytest.param(0, 0, 1.0, id="nothing-tried"),
    ],
)
def test_the_binomial_bound_is_the_known_one(errors, trials, bound):
    assert clopper_pearson(errors, trials) == pytest.approx(bound, rel=0.01)


def test_errors_of_one_subject_widen_the_bound():
    trials = np.full(100, 1000)
    spread, one = np.full(100, 1), np.zeros(100, dtype=int)
    one[7] = 100
    assert rate_within(one, trials).rate == rate_within(spread, trials).rate
    assert rate_within(one, trials).upper_bound > 1.5 * rate_within(spread, trials).upper_bound


def test_nobody_is_an_impostor_to_themselves():
    trials = np.full((40, 40), 10)
    np.fill_diagonal(trials, 0)
    errors = np.zeros((40, 40), dtype=int)
    errors[3, 5] = 4
    rate = rate_between(errors, trials)
    assert (rate.errors, rate.trials) == (4, 15_600)
    assert rate.bootstrap_bound > rate.binomial_bound > rate.rate
    assert rate.upper_bound == rate.bootstrap_bound


def test_measuring_twice_gives_the_same_bounds():
    errors, trials = np.asarray([0, 1, 2]), np.asarray([10, 10, 10])
    assert rate_within(errors, trials) == rate_within(errors, trials)
