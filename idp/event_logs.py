"""The logs of security events of this deployment, each kept by a module that the settings name.

R-9.1-7; ADR 20. The provider names the authentication server's by a dotted path only.
"""

from __future__ import annotations

from importlib import import_module
from typing import cast

from idp.contract import EventLog
from idp.policy import get_policy


def every() -> dict[str, EventLog]:
    """Return the logs by name."""
    paths = get_policy().event_logs
    return {name: cast("EventLog", import_module(path)) for name, path in paths.items()}
