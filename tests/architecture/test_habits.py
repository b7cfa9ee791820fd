"""ARCHITECTURE 9, STYLE 6, 8 and 18: sizes, docstrings and names that keep the tree readable."""

from __future__ import annotations

import ast
import re
import statistics

import pytest

from tests.architecture.tree import ROOT, files, name, parsed, product_modules

MEDIAN_LINES, MOST_LINES, MOST_LINES_OF_A_FUNCTION = 100, 400, 60
SPECIFICATION = re.compile(
    r"RFC \d{4}|R-[\dB][\d.]*-\d|OpenID|OIDC|ISO/IEC|CEN/TS|WebAuthn|NIST|ASSURANCE|THREATS|T-8\.\d"
)
VAGUE_MODULES = {"utils", "util", "helpers", "helper", "managers", "manager", "misc", "common"}
GIVEN_BY_A_FRAMEWORK = {"handle_response", "process_request"}  # Authlib's, Django's
VAGUE_FUNCTION = re.compile(r"^_?(handle|process)_")


def lines(path):
    return len(path.read_text().splitlines())


def functions(path):
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in ast.walk(parsed(path)) if isinstance(node, kinds)]


def test_half_of_the_files_fit_on_two_screens():
    sizes = [lines(path) for path in product_modules() if path.stat().st_size]
    assert statistics.median(sizes) <= MEDIAN_LINES


def test_no_file_is_longer_than_the_limit():
    ours = [*product_modules(), *files("tests", suffixes={".py"})]
    assert [name(path) for path in ours if lines(path) > MOST_LINES] == []


def test_no_function_is_longer_than_a_screen():
    long = [
        f"{name(path)}: {function.name}"
        for path in product_modules()
        for function in functions(path)
        if function.end_lineno - function.lineno + 1 > MOST_LINES_OF_A_FUNCTION
    ]
    assert long == []


def test_every_module_says_what_it_is_for():
    silent = [
        name(path)
        for path in product_modules()
        if path.stat().st_size and not ast.get_docstring(parsed(path))
    ]
    assert silent == []


@pytest.mark.parametrize("folder", ["idp/oauth", "idp/protocol", "biometric_auth/domain"])
def test_every_rule_names_its_specification(folder):
    nameless = [
        name(path)
        for path in product_modules()
        if ROOT / folder in path.parents
        and path.name != "__init__.py"
        and not SPECIFICATION.search(ast.get_docstring(parsed(path)) or "")
    ]
    assert nameless == []


def test_no_module_is_a_drawer_for_the_rest():
    assert [name(path) for path in product_modules() if path.stem in VAGUE_MODULES] == []


def test_no_function_merely_handles_or_processes():
    vague = [
        f"{name(path)}: {function.name}"
        for path in product_modules()
        for function in functions(path)
        if VAGUE_FUNCTION.match(function.name) and function.name not in GIVEN_BY_A_FRAMEWORK
    ]
    assert vague == []


def test_a_package_is_empty_or_lists_its_public_names():
    inventive = [
        name(path)
        for path in product_modules()
        if path.name == "__init__.py"
        and any(isinstance(node, ast.ClassDef) for node in parsed(path).body)
    ]
    assert inventive == []


def test_security_events_are_recorded_and_never_merely_created():
    recorders = {"idp/models/security_event.py", "biometric_auth/services/security_events.py"}
    aside = [
        name(path)
        for path in product_modules()
        if name(path) not in recorders
        and re.search(r"SecurityEvent(\.objects\.\w*create)?\((?!models)", path.read_text())
    ]
    assert aside == []
