"""Evidence: of the shipped methods at their best, and any. ASSURANCE.md, "Inputs"."""

from __future__ import annotations

from hypothesis import strategies as st

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
HIGHEST = {
    "possession": 3,
    "knowledge": 1,
    "local_user_verification": 1,
    "remote_match": 1,
    "pad": 4,
    "iad": 3,
    "freshness": 3,
    "same_frames": 1,
    "template_protection": 4,
    "enrolment": 4,
    "channel": 2,
    "intent": 1,
}
FMR = (1.0, 1e-3, 1e-4, 8e-5, 3e-5, 3e-6, 0.0)
DISTANCES = ("unproven", "proximity", "none")


def evidence(**fixed):
    """Return a strategy for any evidence, but for the fields that are given.

    Half of it is strong: chance alone would hardly ever reach the upper rows of the rules.
    """
    rest = {"cross_device": st.sampled_from(DISTANCES), "cooling_off": st.integers(0, 1)}
    weak = {name: st.integers(0, top) for name, top in HIGHEST.items()}
    strong = {name: st.sampled_from((top,) * 7 + (top - 1,)) for name, top in HIGHEST.items()}
    weak |= rest | {"fmr_upper_bound": st.sampled_from(FMR)}
    strong |= rest | {"fmr_upper_bound": st.sampled_from(FMR[2:])}
    return st.builds(Evidence, **(weak | fixed)) | st.builds(Evidence, **(strong | fixed))
