"""The administrator's window: people and clients are edited, all else is only looked at. STYLE 15.

OIDC.md C7, L3: a secret is shown once, where it is made; tokens and keys never.
"""

from idp.admin import (
    acr_aliases,
    assurance_profiles,
    authenticator_models,
    client_changes,
    clients,
    dashboard,
    export,
    grants,
    initial_access_tokens,
    logout_notices,
    people,
    protected_resources,
    recoveries,
    risk_records,
    scope_requirements,
    security_events,
    sessions,
    signing_keys,
)

__all__ = [
    "acr_aliases",
    "assurance_profiles",
    "authenticator_models",
    "client_changes",
    "clients",
    "dashboard",
    "export",
    "grants",
    "initial_access_tokens",
    "logout_notices",
    "people",
    "protected_resources",
    "recoveries",
    "risk_records",
    "scope_requirements",
    "security_events",
    "sessions",
    "signing_keys",
]
