"""R-9.2-3: PAD decides on the mean over the frames, at its own operating point."""

from __future__ import annotations

import math

import pytest

from biometric_auth.domain.pad import is_bona_fide
from tests.biometric_auth.captures import ENGINE, an_observation


@pytest.mark.parametrize(
    ("scores", "passes"),
    [
        ([0.5, 0.5], True),
        ([0.1, 0.9], True),
        ([0.1, 0.8], False),
        ([1.0, math.nan], False),
        ([], False),
    ],
)
def test_the_mean_decides(scores, passes):
    seen = [an_observation(live_score=score) for score in scores]
    assert is_bona_fide(seen, ENGINE.pad_operating_point) is passes
