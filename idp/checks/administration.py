"""How strongly those sign in who administer. R-9.4-3: no less than a bank asks of its customers."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning

from idp.policy import get_policy
from idp.protocol.acr import LOA


@register(Tags.security, deploy=True)
def check_administration(**_kwargs: Any) -> list[CheckMessage]:
    """Check what the administration asks of a sign-in."""
    policy = get_policy()
    asked = {
        "COUNTERSIGN_ADMIN_ACR": policy.administration_acr,
        "COUNTERSIGN_ADMIN_STEP_UP_ACR": policy.step_up_acr,
    }
    found: list[CheckMessage] = [
        Error(
            f"{name} lets a password alone administer.",
            hint="Leave it unset, or name a value of level 2 or more.",
            id="idp.E033",
        )
        for name, value in asked.items()
        if value == LOA.format(1)
    ]
    if not policy.two_person_clients:
        found.append(
            CheckWarning(
                "One administrator alone can send a client's people and tokens elsewhere.",
                hint="Leave COUNTERSIGN_TWO_PERSON_CLIENTS unset.",
                id="idp.W008",
            )
        )
    return found
