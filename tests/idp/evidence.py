"""What the shipped methods show at their best. ASSURANCE.md, "Inputs: the evidence record"."""

from __future__ import annotations

from idp.contract import Evidence

PASSWORD = Evidence(knowledge=1)
PASSKEY = Evidence(possession=1, channel=2, local_user_verification=1, intent=1, enrolment=1)
FACE = Evidence(
    possession=1,
    channel=1,
    intent=1,
    remote_match=1,
    fmr_upper_bound=8e-5,
    pad=2,
    iad=1,
    freshness=3,
    same_frames=1,
    template_protection=2,
    enrolment=1,
)
