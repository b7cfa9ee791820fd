"""The port that every biometric engine fits; judged by tests/conformance/engine.py. R-6.2.1-1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from biometric_auth.domain.operating_point import OperatingPoint, PadOperatingPoint
from biometric_auth.domain.vocabulary import BiometricSample, Features, FrameObservation


class UndecodableSample(ValueError):  # noqa: N818 - says what is wrong, as the others do
    """A frame is no JPEG within the bounds. Says nothing about the content."""


class EngineMismatch(ValueError):  # noqa: N818 - likewise
    """Probe and reference come from different engines or versions."""


class BiometricEngine(Protocol):
    """Signal processing: detection, quality measures, PAD, pose, features, comparison score."""

    @property
    def name(self) -> str:
        """Name with version; a reference is only compared by the engine that made it."""

    @property
    def model_hashes(self) -> Mapping[str, str]:
        """SHA-256 of every model file in use, by name. R-6.2.1-3."""

    @property
    def operating_point(self) -> OperatingPoint:
        """The comparison threshold that this engine was evaluated at."""

    @property
    def pad_operating_point(self) -> PadOperatingPoint:
        """The threshold of its passive PAD subsystem."""

    def observe(self, sample: BiometricSample) -> tuple[FrameObservation, ...]:
        """Return one observation per frame, in order; every stage runs on every frame.

        Raises:
            UndecodableSample: a frame is no JPEG within the bounds.
        """

    def compare(self, probe: Features, reference: Features) -> float:
        """Return the comparison score; higher is more alike. ISO/IEC 2382-37."""
