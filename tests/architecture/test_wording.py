"""R-1-2, R-3-1; CONTRIBUTING: what the tree says, and what it never says."""

from __future__ import annotations

import re

import pytest

from tests.architecture.tree import ROOT, files, name

TEXT = {".py", ".md", ".html", ".txt", ".js", ".mjs", ".css", ".json", ".toml", ".svg", ".yaml"}
THIS = ROOT / "tests" / "architecture" / "test_wording.py"
STANDARD = re.compile(r"\b27553\b")
OWN_PROFILE = re.compile(r"own[\s#>*]+profile", re.IGNORECASE)


def texts():
    everything = files(suffixes=TEXT)
    return [(path, path.read_text()) for path in everything if path != THIS]


def test_the_standard_is_never_named_without_saying_that_this_is_an_own_profile():
    bare = [
        name(path)
        for path, text in texts()
        if STANDARD.search(text) and not OWN_PROFILE.search(text)
    ]
    assert bare == []


@pytest.mark.parametrize(
    "claim",
    [
        r"(conforms|conformant|compliant|certified|complies)\s+(to|with)\s+ISO/IEC 27553",
        r"ISO/IEC 27553-2[- ](compliant|certified|conformant)",
    ],
)
def test_no_text_claims_conformity(claim):
    assert [name(path) for path, text in texts() if re.search(claim, text, re.IGNORECASE)] == []


def test_no_work_is_left_in_comments():
    unfinished = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    skipped = {"package-lock.json", "requirements.txt"}
    left = [
        name(path) for path, text in texts() if path.name not in skipped and unfinished.search(text)
    ]
    assert left == []


def test_no_path_of_a_machine_is_in_the_tree():
    machine = re.compile(r"(?<![\w.])/(work|home|root)/\w")
    assert [name(path) for path, text in texts() if machine.search(text)] == []


def test_no_file_names_a_package_registry():
    address = re.compile(
        r"--(extra-)?index-url|\"resolved\":|registry\s*=\s*http|files\.pythonhosted"
    )
    assert [name(path) for path, text in texts() if address.search(text)] == []


def test_the_glossary_is_used_where_people_read():
    """ISO/IEC 2382-37 has the words; these are the ones that it replaces."""
    loose = re.compile(
        r"\b(faceprint|liveness score|spoof check|face recognition system)\b", re.IGNORECASE
    )
    pages = files("idp", "biometric_auth", "rp_demo", suffixes={".html", ".js"})
    assert [name(path) for path in pages if loose.search(path.read_text())] == []
