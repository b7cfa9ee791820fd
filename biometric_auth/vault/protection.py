"""Template protection: what is sealed, and how it is compared. ISO/IEC 24745; R-9.2-13.

Keyed BioHash: Jin, Ling and Goh, "Biohashing: two factor authentication featuring fingerprint
data and tokenised random number", 2004. Its projections here are products of sign flips and
Walsh-Hadamard transforms (Ailon and Chazelle, 2009): as near to random rotations, and cheap
enough to be derived for each comparison, so that no matrix stays in memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from biometric_auth.domain.ports import BiometricEngine, TemplateProtection
from biometric_auth.domain.vocabulary import BIOHASH, SEALED, Confidential, Features, Vector

_FLOATS = np.dtype("<f4")
_BITS = 2048
_ROUNDS = 3
_TWO: Vector = np.asarray([[1, 1], [1, -1]], dtype=np.float32)

Bits = npt.NDArray[np.uint8]


class SealedFeatures:
    """The features themselves, under nothing but the seal. Other keys and forms may follow."""

    name = SEALED
    grade = 2

    def protect(self, features: Features, parameter: bytes) -> bytes:  # noqa: ARG002
        """Return the features as little-endian float32; `parameter` has no part in it."""
        return features.vector.astype(_FLOATS).tobytes()

    def compare(
        self,
        probe: Features,
        template: bytes,
        parameter: bytes,  # noqa: ARG002 - the other protection's
        engine: BiometricEngine,
    ) -> float:
        """Return the engine's own score."""
        return engine.compare(probe, self.features(template))

    def features(self, template: bytes) -> Features:
        """Return what was protected."""
        return Features(np.frombuffer(template, dtype=_FLOATS).astype(np.float32))


class BioHash:
    """Signs of 2048 keyed projections: under another parameter, another template.

    The features are not kept. Who has template and parameter can estimate them (BIOMETRICS.md),
    so both are sealed, under a key that lives apart from the database.
    """

    name = BIOHASH
    grade = 3

    def protect(self, features: Features, parameter: bytes) -> bytes:
        """Return 256 bytes."""
        return bytes(hashes(features.vector[None], parameter)[0])

    def compare(
        self,
        probe: Features,
        template: bytes,
        parameter: bytes,
        engine: BiometricEngine,  # noqa: ARG002 - the other protection's
    ) -> float:
        """Return the share of equal bits, in [0, 1]; what is no number equals nothing."""
        if not np.isfinite(probe.vector).all():
            return 0.0
        stored = np.frombuffer(template, dtype=np.uint8)
        return float(equal_bits(hashes(probe.vector[None], parameter), stored)[0])


PROTECTIONS: Mapping[str, TemplateProtection] = MappingProxyType(
    {BIOHASH: BioHash(), SEALED: SealedFeatures()}
)
"""By name, the strongest first."""


@dataclass(frozen=True, slots=True, repr=False)
class ProtectedReference(Confidential):
    """A reference out of its seal. Implements `biometric_auth.domain.ports.OpenReference`."""

    engine: str
    protection: str
    template: bytes
    parameter: bytes

    def compare(self, probe: Features, engine: BiometricEngine) -> float:
        """Return the score of `probe` in the protected form."""
        protection = PROTECTIONS[self.protection]
        return protection.compare(probe, self.template, self.parameter, engine)


def strongest(engine: BiometricEngine) -> TemplateProtection:
    """Return the strongest protection that `engine` was evaluated with. R-9.2-1."""
    return next(one for name, one in PROTECTIONS.items() if name in engine.operating_points)


def hashes(vectors: Vector, parameter: bytes) -> Bits:
    """Return the packed bits, shape (n, 256), of features of shape (n, size)."""
    return np.packbits(_project(vectors, parameter) > 0, axis=1)


def equal_bits(some: Bits, other: Bits) -> npt.NDArray[np.float64]:
    """Return the share of bits, by row, in which packed hashes agree."""
    differing = np.bitwise_count(some ^ other).sum(axis=1, dtype=np.int64)
    return np.asarray(1.0 - differing / _BITS)


def _project(vectors: Vector, parameter: bytes) -> Vector:
    """Return 2048 projections of each of the features."""
    count, given = vectors.shape
    size = 1 << (given - 1).bit_length()
    blocks = _BITS // size
    signs = _signs(parameter, _ROUNDS * blocks * size).reshape(_ROUNDS, blocks, 1, size)
    rotated: Vector = np.zeros((1, count, size), dtype=np.float32)
    rotated[0, :, :given] = vectors
    for flips in signs:
        rotated = np.asarray((rotated * flips) @ _hadamard(size), dtype=np.float32)
    return rotated.transpose(1, 0, 2).reshape(count, _BITS)


def _signs(parameter: bytes, count: int) -> Vector:
    """Return `count` keyed signs: SHAKE256 as the generator. FIPS 202."""
    drawn = np.frombuffer(hashlib.shake_256(parameter).digest(count // 8), dtype=np.uint8)
    return np.unpackbits(drawn).astype(np.float32) * 2 - 1


@cache
def _hadamard(size: int) -> Vector:
    """Return the orthonormal Walsh-Hadamard matrix of a power of two."""
    matrix: Vector = np.ones((1, 1), dtype=np.float32)
    while len(matrix) < size:
        matrix = np.asarray(np.kron(_TWO, matrix), dtype=np.float32)
    return np.asarray(matrix / np.sqrt(size), dtype=np.float32)
