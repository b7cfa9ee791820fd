"""States of a biometric reference and the allowed moves. ISO/IEC 24745 (life cycle).

Everything that decides a move lives here; models store states, services carry moves out.
"""

from __future__ import annotations

from enum import StrEnum


class ReferenceState(StrEnum):
    """Where a reference is in its life."""

    PENDING = "pending"
    ACTIVE = "active"
    RENEWAL_DUE = "renewal_due"
    REVOKED = "revoked"
    ERASED = "erased"


USABLE = frozenset({ReferenceState.ACTIVE, ReferenceState.RENEWAL_DUE})
"""States in which a comparison is allowed."""

_MOVES: dict[ReferenceState, frozenset[ReferenceState]] = {
    ReferenceState.PENDING: frozenset({ReferenceState.ACTIVE, ReferenceState.REVOKED}),
    ReferenceState.ACTIVE: frozenset({ReferenceState.RENEWAL_DUE, ReferenceState.REVOKED}),
    ReferenceState.RENEWAL_DUE: frozenset({ReferenceState.REVOKED}),
    ReferenceState.REVOKED: frozenset({ReferenceState.ERASED}),
    ReferenceState.ERASED: frozenset(),
}


def origins(target: ReferenceState) -> frozenset[ReferenceState]:
    """Return the states from which `target` may be reached: the guard of an UPDATE."""
    return frozenset(state for state, targets in _MOVES.items() if target in targets)
