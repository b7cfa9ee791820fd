"""R-9.2-15, R-9.2-16: three consistent challenged captures make a reference; nothing else does."""

from __future__ import annotations

import numpy as np
import pytest

from biometric_auth.domain.enrolment import accept_capture, make_reference
from biometric_auth.domain.verification import verify
from biometric_auth.domain.vocabulary import BiometricReference, Features, Outcome
from tests.biometric_auth.captures import ENGINE, a_capture, features


def captured(who="alice"):
    accepted = accept_capture(**a_capture(who))
    assert isinstance(accepted, Features)
    return accepted


def test_three_captures_of_one_person_make_a_reference_that_matches():
    made = make_reference([captured() for _ in range(3)], engine=ENGINE)
    assert isinstance(made, BiometricReference)
    assert made.engine == ENGINE.name
    assert np.linalg.norm(made.features.vector) == pytest.approx(1.0)
    assert verify(reference=made, **a_capture("alice")).outcome is Outcome.MATCH
    assert verify(reference=made, **a_capture("bob")).outcome is Outcome.NON_MATCH


@pytest.mark.parametrize("count", [0, 1, 2])
def test_fewer_than_three_captures_are_not_enough(count):
    made = make_reference([captured() for _ in range(count)], engine=ENGINE)
    assert made is Outcome.FAILURE_TO_ACQUIRE


def test_captures_of_two_people_make_nothing():
    made = make_reference([captured(), captured(), captured("bob")], engine=ENGINE)
    assert made is Outcome.NON_MATCH


def test_one_capture_sent_twice_makes_nothing():
    once = captured()
    assert make_reference([once, captured(), once], engine=ENGINE) is Outcome.INJECTION


def test_unmeasurable_features_make_nothing():
    broken = features(float("nan"))
    assert isinstance(make_reference([captured(), captured(), broken], engine=ENGINE), Outcome)


@pytest.mark.parametrize(
    ("says", "outcome"),
    [
        ({"sharpness": 15}, Outcome.POOR_QUALITY),
        ({"live": 0}, Outcome.ATTACK_PRESENTATION),
        ({"faces": 2}, Outcome.POOR_QUALITY),
        ({"still": True}, Outcome.CHALLENGE_FAILED),
    ],
    ids=str,
)
def test_a_capture_passes_the_stages_of_a_verification_at_stricter_quality(says, outcome):
    assert accept_capture(**a_capture(**says)) is outcome


def test_nothing_observed_is_not_accepted():
    capture = a_capture() | {"observations": ()}
    assert accept_capture(**capture) is Outcome.FAILURE_TO_ACQUIRE
