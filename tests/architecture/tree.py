"""The tree as the architecture tests read it."""

from __future__ import annotations

import ast
import functools
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("idp", "biometric_auth", "rp_demo")
_FOREIGN = {"vendor", "node_modules", "__pycache__", ".venv", "var", "test-artifacts", ".cache"}


def files(*folders, suffixes):
    """Return our own files under `folders` (the whole tree without one)."""
    found = []
    for start in [ROOT / folder for folder in folders] or [ROOT]:
        walked = [(start.parent, [], [start.name])] if start.is_file() else os.walk(start)
        for folder, below, names in walked:
            below[:] = [name for name in below if name not in _FOREIGN and name[0] != "."]
            found += [Path(folder) / name for name in names if Path(name).suffix in suffixes]
    return sorted(found)


def product_modules():
    """Return the product's Python files, less the generated migrations."""
    return [path for path in files(*PRODUCT, suffixes={".py"}) if "migrations" not in path.parts]


@functools.cache
def parsed(path):
    """Return the syntax tree of a Python file."""
    return ast.parse(path.read_text(), filename=str(path))


def name(path):
    """Return the path as messages show it."""
    return str(path.relative_to(ROOT))
