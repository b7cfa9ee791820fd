"""JSON of strangers that can be stored and shown like any other text. RFC 8259 7, 8.2; OIDC.md A7.

JSON can spell what no database and no URL takes: a NUL, half of a surrogate pair, an infinite
number; and it can be nested deeper than whoever writes it out again will follow.
"""

from __future__ import annotations

import math
import re

DEEPEST = 16
_UNFIT = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def is_plain(value: object, *, deepest: int = DEEPEST) -> bool:
    """Return whether `value`, read from JSON, is finite, flat enough and of characters alone."""
    match value:
        case str():
            return _UNFIT.search(value) is None
        case float():
            return math.isfinite(value)
        case dict() | list() if deepest == 0:
            return False
        case dict():
            return all(is_plain(one, deepest=deepest - 1) for pair in value.items() for one in pair)
        case list():
            return all(is_plain(one, deepest=deepest - 1) for one in value)
    return True
