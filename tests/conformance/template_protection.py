"""biometric_auth.domain.ports.TemplateProtection: one suite judges each. ISO/IEC 24745; R-9.2-13.

A protection under test derives from the suite and gives a `protection` fixture.
"""

from __future__ import annotations

import numpy as np
import pytest

from biometric_auth.domain.vocabulary import Features
from biometric_auth.engines.simulated import SimulatedEngine

ENGINE = SimulatedEngine()
ONE, OTHER = b"1" * 32, b"2" * 32


def somebody(seed, *, size=128):
    drawn = np.random.default_rng(seed).standard_normal(size)
    return Features(np.asarray(drawn / np.linalg.norm(drawn), dtype=np.float32))


def again(features, seed, *, apart=0.6):
    """The same person at another time: a cosine of about 1 / sqrt(1 + apart**2)."""
    mixed = features.vector + apart * somebody(seed).vector
    return Features(np.asarray(mixed / np.linalg.norm(mixed), dtype=np.float32))


class TemplateProtectionConformance:
    """Promises of the port. `renewable`: another parameter makes an unrelated template."""

    renewable: bool

    @pytest.fixture
    def threshold(self, protection):
        return ENGINE.operating_points[protection.name].threshold

    def score(self, protection, probe, template, parameter=ONE):
        return protection.compare(probe, template, parameter, ENGINE)

    def test_it_names_its_version_and_its_grade(self, protection):
        assert "/" in protection.name
        assert protection.grade == (3 if self.renewable else 2)

    def test_the_same_person_is_told_from_others(self, protection, threshold):
        for seed in range(30):
            enrolled = somebody(seed)
            template = protection.protect(enrolled, ONE)
            assert self.score(protection, enrolled, template) == pytest.approx(1.0, abs=1e-5)
            assert self.score(protection, again(enrolled, seed + 100), template) >= threshold
            assert self.score(protection, somebody(seed + 200), template) < threshold

    def test_the_same_input_gives_the_same_template(self, protection):
        once, twice = (protection.protect(somebody(1), ONE) for _ in range(2))
        assert once == twice

    def test_a_closer_probe_scores_higher(self, protection):
        enrolled = somebody(1)
        template = protection.protect(enrolled, ONE)
        scores = [
            self.score(protection, again(enrolled, 2, apart=apart), template)
            for apart in (0.1, 0.4, 1.0, 3.0)
        ]
        assert scores == sorted(scores, reverse=True)

    def test_what_is_no_number_matches_nobody(self, protection, threshold):
        nothing = Features(np.full(128, np.nan, dtype=np.float32))
        assert (
            not self.score(protection, nothing, protection.protect(somebody(1), ONE)) >= threshold
        )

    def test_another_parameter_gives_an_unrelated_template(self, protection, threshold):
        if not self.renewable:
            assert protection.protect(somebody(1), ONE) == protection.protect(somebody(1), OTHER)
            return
        for seed in range(30):
            enrolled = somebody(seed)
            old = protection.protect(enrolled, ONE)
            assert self.score(protection, enrolled, old, OTHER) < threshold
