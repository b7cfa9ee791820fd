"""RFC 7519 2; OIDC.md H4: what is a time."""

from __future__ import annotations

import pytest

from idp.protocol.numeric_date import is_numeric_date


@pytest.mark.parametrize("value", [0, 1, 1_700_000_000, 1_700_000_000.5, 253_402_300_799])
def test_a_number_of_seconds_is_a_time(value):
    assert is_numeric_date(value)


@pytest.mark.parametrize(
    "value",
    [None, "1", True, [1], -1, 10**400, 1e308, float("nan"), float("inf"), float("-inf")],
    ids=lambda value: repr(value)[:12],
)
def test_h4_anything_else_is_none(value):
    assert not is_numeric_date(value)
