"""R-9.4-2 and STYLE 14: biometric values are neither printed nor carried out of memory."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

from biometric_auth.domain.vocabulary import BiometricReference, BiometricSample, mean_features
from tests.biometric_auth.captures import a_frame, an_observation, features

VALUES = [
    pytest.param(a_frame(jpeg=b"secret"), id="frame"),
    pytest.param(BiometricSample((a_frame(jpeg=b"secret"),)), id="sample"),
    pytest.param(features(0.25), id="features"),
    pytest.param(BiometricReference(features(0.25), "engine/1"), id="reference"),
    pytest.param(an_observation(sharpness=123.25), id="observation"),
]


@pytest.mark.parametrize("value", VALUES)
def test_content_is_not_printed(value):
    for text in (repr(value), str(value), f"{value}"):
        assert text == f"<{type(value).__name__}>"


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("carry", [pickle.dumps, copy.copy, copy.deepcopy])
def test_content_is_not_serialised(value, carry):
    with pytest.raises(TypeError):
        carry(value)


def test_a_mean_of_features_is_normalised():
    mean = mean_features([features(1.0), features(0.0, 1.0)])
    assert np.linalg.norm(mean.vector) == pytest.approx(1.0)
    assert mean.vector[0] == pytest.approx(mean.vector[1])
    assert mean.vector.dtype == np.float32


def test_a_mean_of_opposites_is_no_fault():
    assert not np.isnan(mean_features([features(1.0), features(-1.0)]).vector).any()
