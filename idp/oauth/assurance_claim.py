"""The opt-in assurance claim, the same in every token and answer. ASSURANCE.md, "amr"; R-B-8."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from idp.models import Grant
from idp.policy import get_policy
from idp.protocol import assurance_claim, evidence_json


def of(grant: Grant, scopes: Container[str]) -> dict[str, Any]:
    """Return the claim where `scopes` open it and the grant has a record of ours; else nothing."""
    if assurance_claim.SCOPE not in scopes or not grant.has_signed_evidence():
        return {}
    record = evidence_json.parse(grant.evidence_record)
    return {assurance_claim.name(get_policy().issuer): assurance_claim.claim(record)}


def at_userinfo(grant: Grant, scopes: Container[str]) -> dict[str, Any]:
    """Return it with `acr`, `amr` and `auth_time`, which otherwise stand in tokens alone."""
    found = of(grant, scopes)
    if not found or grant.auth_time is None:
        return {}
    authenticated = {"acr": grant.acr, "amr": grant.amr}
    return found | authenticated | {"auth_time": int(grant.auth_time.timestamp())}
