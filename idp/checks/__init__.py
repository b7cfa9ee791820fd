"""System checks: refuse settings that are not safe to run. ARCHITECTURE 8; OIDC.md L5.

`policy` holds what no deployment may have, a demonstration included; all else is for
`check --deploy`. Each message says the reason, its hint the mend; docs/guides/operator.md has all.
"""

from __future__ import annotations

from idp.checks import administration, clients, levels, logs, policy, risk, services, web

__all__ = ["administration", "clients", "levels", "logs", "policy", "risk", "services", "web"]
