"""R-9.2-10: failures slow down, then stop; quality refusals count after ten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from biometric_auth.domain.retry_limit import counted, is_blocked

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failures", "quality", "count"), [(0, 0, 0), (3, 10, 3), (3, 11, 4), (0, 30, 20)]
)
def test_quality_refusals_count_after_ten(failures, quality, count):
    assert counted(failures=failures, quality_failures=quality) == count


@pytest.mark.parametrize(
    ("count", "waited", "blocked"),
    [
        pytest.param(4, 0, False, id="below-the-soft-stop"),
        pytest.param(5, 29, True, id="first-wait-is-30-seconds"),
        pytest.param(5, 30, False, id="then-one-more-try"),
        pytest.param(6, 59, True, id="the-wait-doubles"),
        pytest.param(6, 60, False, id="and-ends"),
        pytest.param(20, 10**9, True, id="after-twenty-it-stays-off"),
    ],
)
def test_the_wait_grows_until_it_has_no_end(count, waited, blocked):
    last = NOW - timedelta(seconds=waited)
    assert is_blocked(count=count, soft_stop=5, last_failure_at=last, now=NOW) is blocked
