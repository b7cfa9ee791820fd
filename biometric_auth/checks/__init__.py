"""System checks: refuse combinations that are not safe to run. ARCHITECTURE 8; R-9.1-2.

`policy` holds what nobody may have; `deployment` what only a demonstration may.
"""

from __future__ import annotations

from biometric_auth.checks import deployment, policy

__all__ = ["deployment", "policy"]
