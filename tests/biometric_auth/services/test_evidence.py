"""R-5.4.3-1: an evaluation that is over lowers what a match shows; ASSURANCE.md, "Inputs"."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from biometric_auth.engines.simulated import SimulatedEngine
from biometric_auth.models import BiometricReference, Device
from biometric_auth.services import evidence

LAST_DAY = date(2028, 11, 23)
NOON = datetime(2028, 11, 23, 12, tzinfo=UTC)


def engine(*, comparison=date.max, pad=date.max):
    made = SimulatedEngine()
    made.operating_points = {
        name: replace(point, valid_until=comparison)
        for name, point in made.operating_points.items()
    }
    made.pad_operating_point = replace(made.pad_operating_point, valid_until=pad)
    return made


def shown(engine, now):
    times = {"created_at": now, "settled_at": now}
    return evidence.at_best(
        device=Device(kind="webauthn", possession=2, enrolment=2, **times),
        reference=BiometricReference(enrolment=2, **times),
        engine=engine,
        now=now,
    )


def test_what_was_measured_counts_on_the_last_day():
    facts = shown(engine(comparison=LAST_DAY, pad=LAST_DAY), NOON)
    assert (facts["fmr_upper_bound"], facts["pad"]) == (1e-4, evidence.SELF_TESTED_PAD)


@pytest.mark.parametrize(
    ("ended", "bound", "pad"),
    [
        ({"comparison": LAST_DAY}, evidence.UNMEASURED_FMR, evidence.SELF_TESTED_PAD),
        ({"pad": LAST_DAY}, 1e-4, evidence.UNTESTED_PAD),
    ],
)
def test_what_is_over_counts_as_never_measured(ended, bound, pad):
    facts = shown(engine(**ended), NOON + timedelta(days=1))
    assert (facts["fmr_upper_bound"], facts["pad"]) == (bound, pad)
