"""The real engine, the default: YuNet, SFace, two yaw estimators, passive PAD. R-6.2.1-1.

Each frame is decoded once, and every stage measures the same face on the same pixels.
Rates and their conditions: docs/evaluations/2026-11-face-sface.md.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import cv2
import numpy as np

from biometric_auth.domain.vocabulary import BiometricSample, Features, Frame, FrameObservation
from biometric_auth.engines import alignment, evaluated, models
from biometric_auth.engines.decoding import Image, decode
from biometric_auth.engines.detector import Detector, Face
from biometric_auth.engines.liveness import LivenessNetwork
from biometric_auth.engines.network import Network
from biometric_auth.engines.pose import PoseNetwork, yaw_by_points


class FaceEngine:
    """Loads its pinned models once; frames of one process are measured one after another."""

    name = evaluated.ENGINE
    operating_point = evaluated.COMPARISON
    operating_points = evaluated.POINTS
    pad_operating_point = evaluated.PAD

    def __init__(self, model_dir: Path) -> None:
        """Load and verify every model; ModelsUnusable stops the start."""
        cv2.setNumThreads(1)
        self._detector = Detector(models.read_model(model_dir, models.DETECTOR))
        self._features = Network(models.read_model(model_dir, models.FEATURES))
        self._liveness = LivenessNetwork(models.read_model(model_dir, models.LIVENESS))
        self._pose = PoseNetwork(models.read_model(model_dir, models.POSE))
        self._alone = threading.Lock()

    @property
    def model_hashes(self) -> Mapping[str, str]:
        """SHA-256 of every model in use."""
        return MappingProxyType({one.name: one.installed_sha256 for one in models.MODELS})

    def observe(self, sample: BiometricSample) -> tuple[FrameObservation, ...]:
        """Return one observation per frame; all frames are decoded before any is measured."""
        decoded = [(frame, *decode(frame.jpeg)) for frame in sample.frames]
        with self._alone:
            return tuple(self._measure(frame, pixels, factor) for frame, pixels, factor in decoded)

    def compare(self, probe: Features, reference: Features) -> float:
        """Return the cosine similarity in [-1, 1]."""
        return float(probe.vector @ reference.vector)

    def _measure(self, frame: Frame, pixels: Image, factor: int) -> FrameObservation:
        height, width = pixels.shape[:2]
        face = self._detector.find(pixels)
        aligned = alignment.align(pixels, face.points)
        grey = cv2.cvtColor(aligned, cv2.COLOR_BGR2GRAY)
        left, top, wide, high = face.box
        return FrameObservation(
            digest=frame.digest,
            at_ms=frame.at_ms,
            step=frame.step,
            faces=face.visible,
            box=(left / width, top / height, wide / width, high / height),
            confidence=face.confidence,
            face_size=wide / min(width, height),
            eye_distance=_eye_distance(face) * factor,
            sharpness=float(cv2.Laplacian(grey, cv2.CV_64F).var()),
            brightness=float(grey.mean()),
            contrast=float(grey.std()),
            yaw_points=yaw_by_points(face.points),
            yaw_network=self._pose.yaw(pixels, face),
            live_score=self._liveness.score(pixels, face),
            features=self._extract(aligned),
        )

    def _extract(self, aligned: Image) -> Features:
        colours = cv2.cvtColor(aligned, cv2.COLOR_BGR2RGB).astype(np.float32)
        raw = self._features.run(np.ascontiguousarray(colours.transpose(2, 0, 1)[None]))[0][0]
        length = float(np.linalg.norm(raw)) or 1.0
        return Features(np.asarray(raw / length, dtype=np.float32))


def _eye_distance(face: Face) -> float:
    return float(np.linalg.norm(face.points[0] - face.points[1]))
