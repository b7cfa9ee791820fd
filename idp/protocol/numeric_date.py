"""Times in JWTs: seconds since 1970, as a JSON number. RFC 7519 2; OIDC.md H4."""

from __future__ import annotations

LATEST = 253_402_300_800
"""The year 10000: what lies beyond is no time, and would not fit where it is reckoned with."""


def is_numeric_date(value: object) -> bool:
    """Return whether `value` is a time: no text, no truth value, not infinite, not NaN."""
    return type(value) in {int, float} and 0 <= value < LATEST  # type: ignore[operator]
