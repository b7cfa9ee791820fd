"""R-9.2-13, R-9.2-14, R-6.3-5: references are renewable, and tell nothing of each other."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometric_auth.domain.unlinkability import d_sys
from biometric_auth.domain.vocabulary import BIOHASH, SEALED, Features
from biometric_auth.engines.simulated import SimulatedEngine
from biometric_auth.vault.protection import (
    PROTECTIONS,
    ProtectedReference,
    equal_bits,
    hashes,
    strongest,
)
from tests.conformance.template_protection import (
    ONE,
    OTHER,
    TemplateProtectionConformance,
    again,
    somebody,
)

CHANCE = 0.5


class TestBioHash(TemplateProtectionConformance):
    renewable = True

    @pytest.fixture
    def protection(self):
        return PROTECTIONS[BIOHASH]


class TestSealedFeatures(TemplateProtectionConformance):
    renewable = False

    @pytest.fixture
    def protection(self):
        return PROTECTIONS[SEALED]


def test_a_hash_has_2048_bits_whatever_the_size_of_the_features():
    for size in (100, 128, 512):
        template = PROTECTIONS[BIOHASH].protect(somebody(1, size=size), ONE)
        assert len(template) == 256


@given(st.integers(0, 2**32), st.floats(0.05, 3.0))
def test_the_share_of_equal_bits_tells_the_angle(seed, apart):
    # Goemans and Williamson, 1995: a random hyperplane parts two vectors with angle / pi.
    one = somebody(seed)
    other = again(one, seed + 1, apart=apart)
    expected = 1 - np.arccos(np.clip(one.vector @ other.vector, -1, 1)) / np.pi
    both = hashes(np.stack([one.vector, other.vector]), ONE)
    assert equal_bits(both[:1], both[1])[0] == pytest.approx(expected, abs=0.06)


def test_old_and_renewed_template_match_no_more_than_chance():
    people = np.stack([somebody(seed).vector for seed in range(400)])
    shares = equal_bits(hashes(people, ONE), hashes(people, OTHER))
    deviation = np.sqrt(0.25 / 2048)
    assert abs(shares.mean() - CHANCE) < 4 * deviation / np.sqrt(len(people))
    assert shares.max() < CHANCE + 6 * deviation


def test_templates_under_different_parameters_cannot_be_linked():
    people = np.stack([somebody(seed).vector for seed in range(1500)])
    others = np.stack([somebody(seed + 9000).vector for seed in range(1500)])
    mated = equal_bits(hashes(people, ONE), hashes(people, OTHER))
    non_mated = equal_bits(hashes(people, ONE), hashes(others, OTHER))
    null = d_sys(*np.split(np.concatenate([non_mated, mated[::-1]])[::2], 2))
    assert d_sys(mated, non_mated) < 0.05 + null


def test_linkable_scores_are_found():
    rng = np.random.default_rng(1)
    mated, non_mated = rng.normal(0.9, 0.02, 1000), rng.normal(0.5, 0.02, 1000)
    assert d_sys(mated, non_mated) > 0.99
    assert d_sys(mated, mated) == 0.0
    assert d_sys(np.asarray([]), non_mated) == 0.0


def test_an_opened_reference_neither_prints_nor_leaves_memory():
    opened = ProtectedReference("engine/1", BIOHASH, b"secret template", ONE)
    assert repr(opened) == "<ProtectedReference>"
    with pytest.raises(TypeError):
        pickle.dumps(opened)


def test_only_a_protection_that_was_evaluated_is_used():
    engine = SimulatedEngine()
    assert strongest(engine).name == BIOHASH
    engine.operating_points = {SEALED: engine.operating_point}
    assert strongest(engine).name == SEALED


def test_a_probe_that_is_no_number_is_no_match():
    nothing = Features(np.full(128, np.nan, dtype=np.float32))
    template = PROTECTIONS[BIOHASH].protect(nothing, ONE)
    assert PROTECTIONS[BIOHASH].compare(nothing, template, ONE, SimulatedEngine()) == 0.0
