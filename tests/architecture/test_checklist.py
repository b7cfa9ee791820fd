"""Each line of the security checklist has a test that is named after it.

The letters: A authorization request, B codes and tokens, C client authentication, E request
objects, F outbound fetches, G pages, H keys and JOSE, K logout, L administration.
"""

from __future__ import annotations

import re

import pytest

from tests.architecture.tree import files

LINES = {
    "a": range(1, 21),
    "b": range(1, 19),
    "c": range(1, 9),
    "e": (2, 5),
    "f": range(1, 9),
    "g": range(1, 11),
    "h": range(1, 6),
    "k": range(1, 4),
    "l": range(1, 7),
}
"""Of E the lines of request objects; pushed requests (E1, E3, E4, E6) and G11 are not here yet."""
NAMES = re.compile(r"^(?:async )?def (test_\w+)\(", re.MULTILINE)
LINE = re.compile(r"(?:^|_)([a-l])0?([1-9]\d?)(?=_)")


@pytest.fixture(scope="module")
def covered():
    """The lines that the names of tests begin with: ``test_a01_...``, ``test_a12_a13_...``."""
    found = set()
    for path in files("tests", suffixes={".py"}):
        for name in NAMES.findall(path.read_text()):
            prefix = re.match(r"test((?:_[a-l]\d{1,2})+)_", name)
            if prefix:
                found |= {(letter, int(n)) for letter, n in LINE.findall(prefix[1] + "_")}
    return found


@pytest.mark.parametrize("letter", LINES)
def test_every_line_has_a_test(covered, letter):
    assert [f"{letter}{n}" for n in LINES[letter] if (letter, n) not in covered] == []
