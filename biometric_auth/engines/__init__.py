"""Biometric engines by dotted path; one instance per process, loaded after the fork. R-6.2.1-3."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import cast

from biometric_auth.domain.ports import BiometricEngine


@cache
def load_engine(dotted: str, model_dir: Path) -> BiometricEngine:
    """Return the engine class named by `dotted`, given its directory of pinned models."""
    module, _, name = dotted.rpartition(".")
    return cast("BiometricEngine", getattr(import_module(module), name)(model_dir))
