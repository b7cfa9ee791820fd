"""Transactions: purposes, workflows, states and the only allowed steps. REQUIREMENTS 6.4.

R-6.2.5-2: a transaction moves forward only, each step is single-use. One exception is part
of the rule: a capture that was judged and not accepted leads back to `CLAIMED`, where a new
challenge is needed, while attempts remain; every challenge and capture stays single-use.
"""

from __future__ import annotations

from enum import StrEnum


class Purpose(StrEnum):
    """What a transaction is for. R-10-4: a capture for one never serves another."""

    AUTHENTICATION = "authentication"
    ENROLMENT = "enrolment"


class Workflow(StrEnum):
    """How starting device and agent meet. This build: both are one browser."""

    STEPUP = "stepup"
    SAME = "same"


class TransactionState(StrEnum):
    """Where a transaction is."""

    CREATED = "created"
    CLAIMED = "claimed"
    CHALLENGED = "challenged"
    CAPTURED = "captured"
    JUDGED = "judged"
    CONSUMED = "consumed"
    EXPIRED = "expired"
    REFUSED = "refused"
    CANCELLED = "cancelled"


OPEN = frozenset(
    {
        TransactionState.CREATED,
        TransactionState.CLAIMED,
        TransactionState.CHALLENGED,
        TransactionState.CAPTURED,
    }
)
"""States in which the person may still act: deny, let it expire, or go on."""

CHALLENGEABLE = frozenset({TransactionState.CLAIMED, TransactionState.CHALLENGED})
"""States in which a challenge may be issued; from the second it replaces the open one."""


class CaptureState(StrEnum):
    """Answer to a capture. One shape for every refusal: R-9.2-11."""

    MATCHED = "matched"
    ENROLLED = "enrolled"
    NEXT_CAPTURE = "next_capture"
    TRY_AGAIN = "try_again"
    REFUSED = "refused"
