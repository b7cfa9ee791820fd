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
        """The threshold of `compare`, as evaluated."""

    @property
    def operating_points(self) -> Mapping[str, OperatingPoint]:
        """The thresholds by template protection: a comparison of hashes has its own scores."""

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


class TemplateProtection(Protocol):
    """From features to what is sealed, and a comparison without the way back. ISO/IEC 24745.

    `parameter` (the auxiliary data) is secret, and another one for every reference.
    """

    @property
    def name(self) -> str:
        """Name with version; stored with each reference and bound to its seal."""

    @property
    def grade(self) -> int:
        """What the evidence record says of it (`template_protection`)."""

    def protect(self, features: Features, parameter: bytes) -> bytes:
        """Return the template (the pseudonymous identifier) of `features`."""

    def compare(
        self, probe: Features, template: bytes, parameter: bytes, engine: BiometricEngine
    ) -> float:
        """Return the comparison score of `probe`; higher is more alike."""


class OpenReference(Protocol):
    """A reference that a probe can be compared with, in memory and for one capture."""

    @property
    def engine(self) -> str:
        """Engine, with version, that made it."""

    @property
    def protection(self) -> str:
        """Template protection, whose operating point counts."""

    def compare(self, probe: Features, engine: BiometricEngine) -> float:
        """Return the comparison score of `probe`."""
