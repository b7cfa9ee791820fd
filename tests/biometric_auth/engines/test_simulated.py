"""R-A-2: the simulated engine keeps the port's promises, and says that it is fiction."""

from __future__ import annotations

import pytest

from biometric_auth.engines import load_engine
from biometric_auth.engines.simulated import SimulatedCamera, SimulatedEngine
from tests.conformance.engine import EngineConformance


class TestSimulatedEngine(EngineConformance):
    people = ("alice", "bob", "carol")

    @pytest.fixture(scope="class")
    @classmethod
    def engine(cls):
        return SimulatedEngine()

    @classmethod
    def camera(cls, person, seed):
        return SimulatedCamera(person)


def test_it_says_that_nothing_was_measured():
    assert "simulated" in SimulatedEngine.operating_point.evaluation
    assert SimulatedEngine.operating_point.comparisons == (0, 0)


def test_an_engine_is_loaded_once(tmp_path):
    dotted = "biometric_auth.engines.simulated.SimulatedEngine"
    assert load_engine(dotted, tmp_path) is load_engine(dotted, tmp_path)
