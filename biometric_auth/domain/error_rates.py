"""Error rates with honest bounds. ISO/IEC 19795-1; Clopper and Pearson, 1934.

Comparisons that share a subject are not independent. The binomial bound ignores that; the
bootstrap over subjects does not, so an operating point states the larger of the two.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

CONFIDENCE = 0.95
_REPLICATES = 2000

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ErrorRate:
    """Errors among trials, and one-sided 95 % upper bounds by two methods."""

    errors: int
    trials: int
    binomial_bound: float
    bootstrap_bound: float

    @property
    def rate(self) -> float:
        """The share of errors; 0 without trials."""
        return self.errors / self.trials if self.trials else 0.0

    @property
    def upper_bound(self) -> float:
        """The larger bound."""
        return max(self.binomial_bound, self.bootstrap_bound)


def rate_between(errors: Counts, trials: Counts) -> ErrorRate:
    """Return the rate of a table of subjects by subjects, such as false matches.

    Both sides of a comparison are drawn from the same people, so a replicate weighs each cell
    by how often both its subjects were drawn.
    """
    drawn = _draws(len(errors))
    wrong = np.einsum("ri,ij,rj->r", drawn, errors.astype(np.float64), drawn, optimize=True)
    tried = np.einsum("ri,ij,rj->r", drawn, trials.astype(np.float64), drawn, optimize=True)
    return _rate(errors, trials, wrong, tried)


def rate_within(errors: Counts, trials: Counts) -> ErrorRate:
    """Return the rate of a list by subject, such as false non-matches."""
    drawn = _draws(len(errors))
    return _rate(errors, trials, drawn @ errors, drawn @ trials)


def clopper_pearson(errors: int, trials: int, confidence: float = CONFIDENCE) -> float:
    """Return the one-sided upper bound of a binomial proportion; 3/n for none in n, roughly."""
    if trials <= 0 or errors >= trials:
        return 1.0
    low, high = errors / trials, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if _at_most(errors, trials, middle) > 1 - confidence:
            low = middle
        else:
            high = middle
    return high


def _at_most(errors: int, trials: int, probability: float) -> float:
    """Return the binomial probability of at most `errors` in `trials`, summed in logarithms."""
    hit, miss = math.log(probability), math.log1p(-probability)
    ways = math.lgamma(trials + 1)
    return math.fsum(
        math.exp(
            ways
            - math.lgamma(count + 1)
            - math.lgamma(trials - count + 1)
            + count * hit
            + (trials - count) * miss
        )
        for count in range(errors + 1)
    )


def _draws(subjects: int) -> npt.NDArray[np.float64]:
    """Return how often each subject is drawn, for every replicate; the same at every run."""
    rng = np.random.default_rng(19795)
    return rng.multinomial(subjects, [1 / subjects] * subjects, _REPLICATES).astype(np.float64)


def _rate(
    errors: Counts,
    trials: Counts,
    wrong: npt.NDArray[np.float64],
    tried: npt.NDArray[np.float64],
) -> ErrorRate:
    total, among = int(errors.sum()), int(trials.sum())
    replicates = wrong[tried > 0] / tried[tried > 0]
    return ErrorRate(
        errors=total,
        trials=among,
        binomial_bound=clopper_pearson(total, among),
        bootstrap_bound=float(np.quantile(replicates, CONFIDENCE)),
    )
