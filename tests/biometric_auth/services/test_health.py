"""R-5.2-2: an operator is shown the operating point that counts, not another of the engine."""

from __future__ import annotations

from biometric_auth.domain.vocabulary import SEALED
from biometric_auth.engines.simulated import SimulatedEngine
from biometric_auth.services import health


def test_the_operating_point_shown_is_that_of_new_references():
    engine = SimulatedEngine()
    assert health.operating_point(engine) is engine.operating_points["biohash-2048/1"]
    engine.operating_points = {SEALED: engine.operating_point}
    assert health.operating_point(engine) is engine.operating_point
