"""How long a person must wait after failures in a row. R-9.2-10 (simple form).

Presentation-attack and comparison refusals count at once, quality refusals from the
eleventh on. After the soft stop the wait starts at 30 s and doubles; after 20 failures the
biometric way stays off until an administrator or another factor opens it again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

FIRST_WAIT = timedelta(seconds=30)
FREE_QUALITY_FAILURES = 10
HARD_STOP = 20


def counted(*, failures: int, quality_failures: int) -> int:
    """Return the failures that count."""
    return failures + max(0, quality_failures - FREE_QUALITY_FAILURES)


def is_blocked(*, count: int, soft_stop: int, last_failure_at: datetime, now: datetime) -> bool:
    """Tell whether a capture must be refused now, whatever it shows."""
    if count >= HARD_STOP:
        return True
    if count < soft_stop:
        return False
    return now < last_failure_at + FIRST_WAIT * (1 << (count - soft_stop))
