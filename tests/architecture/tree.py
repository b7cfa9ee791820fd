"""The tree as the architecture tests read it."""

from __future__ import annotations

import ast
import functools
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("idp", "biometric_auth", "rp_demo")
_FOREIGN = {"vendor", "node_modules", "__pycache__", ".venv", "var", "test-artifacts", ".cache"}


def files(*folders, suffixes):
    """Return our own files under `folders` (the whole tree without one)."""
    found = []
    for start in [ROOT / folder for folder in folders] or [ROOT]:
        for path in [start] if start.is_file() else start.rglob("*"):
            parts = path.relative_to(ROOT).parts
            hidden = any(part.startswith(".") and part != ".ci" for part in parts[:-1])
            if path.suffix in suffixes and not hidden and not _FOREIGN.intersection(parts):
                found.append(path)
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
