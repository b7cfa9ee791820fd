"""Who holds what: application models. ISO/IEC 24745; REQUIREMENTS 6.3 (own profile).

Words instead of the standard's letters, so that a row can be read.
"""

from __future__ import annotations

from enum import StrEnum


class ApplicationModel(StrEnum):
    """Where a reference is stored and where it is compared."""

    SPLIT = "split"
    """Ciphertext on the server, key share on the device; compared on the server."""
    SERVER = "server"
    """Stored and compared on the server, under per-subject keys."""
    CARRY = "carry"
    """Held by the device, sent per use, compared on the server, not kept."""
    DOWN = "down"
    """Server reference compared on a device: a signal only."""
    MPC = "mpc"
    """Compared in the encrypted domain."""


SUPPORTED = frozenset({ApplicationModel.SERVER})
"""What this build carries out; a policy that names another one is refused."""
