"""ARCHITECTURE 5 and 9, "Docs as code": what the documents name is there, and the reverse."""

from __future__ import annotations

import re

import pytest

from tests.architecture.tree import PRODUCT, ROOT, files, name

TABLES = sorted((ROOT / "docs" / "conformance").glob("*.md"))
DOCUMENTS = files("docs", *(path.name for path in ROOT.glob("*.md")), suffixes={".md"})
NAMED_TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
NAMED_FILE = re.compile(r"`((?:idp|biometric_auth|rp_demo|docs)/[\w/.*-]+)`")
EXAMPLE = re.compile(r"`(tests/interop/[^`\n]+)`:\n\n```\w*\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#]+)(?:#[^)]*)?\)")


def exists(pattern):
    return any(ROOT.glob(pattern.rstrip("/")))


@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.name)
def test_every_test_that_a_table_names_exists(table):
    missing = []
    for path, function in NAMED_TEST.findall(table.read_text()):
        file = ROOT / path
        if not file.is_file() or (function and f"def {function}(" not in file.read_text()):
            missing.append(f"{path}::{function}")
    assert missing == []


@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.name)
def test_every_row_of_a_table_names_a_file_and_a_test(table):
    rows = [line for line in table.read_text().splitlines() if line.startswith("| ")]
    rows = [row for row in rows if row.rstrip(" |").endswith("done")]
    assert [row for row in rows if not (NAMED_TEST.search(row) and NAMED_FILE.search(row))] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_every_file_that_a_document_names_exists(document):
    assert [path for path in NAMED_FILE.findall(document.read_text()) if not exists(path)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_every_link_between_documents_leads_somewhere(document):
    targets = LINK.findall(document.read_text())
    assert [target for target in targets if not (document.parent / target).exists()] == []


def test_every_environment_variable_is_explained():
    named = set()
    for path in files(*PRODUCT, suffixes={".py"}):
        named |= set(
            re.findall(r"\"((?:COUNTERSIGN|RP)_[A-Z_]+|DATABASE_URL|REDIS_URL)\"", path.read_text())
        )
    example = (ROOT / ".env.example").read_text()
    assert sorted(variable for variable in named if variable not in example) == []


def test_the_guide_has_a_row_for_every_system_check_and_for_no_other():
    ids, named = r"(?:idp|biometric_auth)\.[EW]\d{3}", set()
    for path in files("idp", "biometric_auth", suffixes={".py"}):
        named |= set(re.findall(rf"\"({ids})\"", path.read_text()))
    guide = (ROOT / "docs" / "guides" / "operator.md").read_text()
    rows = re.findall(rf"^\| `({ids})` \| .+ \| .+ \|$", guide, re.MULTILINE)
    assert sorted(rows) == sorted(named)


def test_every_system_check_has_been_seen_to_find_something():
    tests = "".join(path.read_text() for path in files("tests/checks", suffixes={".py"}))
    guide = (ROOT / "docs" / "guides" / "operator.md").read_text()
    rows = re.findall(r"^\| `(\w+\.[EW]\d{3})`", guide, re.MULTILINE)
    assert [check for check in rows if f'"{check}"' not in tests] == []


def test_every_command_is_explained():
    commands = {path.stem for path in ROOT.glob("*/management/commands/[a-z]*.py")}
    guides = "".join(path.read_text() for path in (ROOT / "docs" / "guides").glob("*.md"))
    assert sorted(command for command in commands if f"{command}" not in guides) == []


def test_every_example_of_the_guide_is_what_the_tests_run():
    guide = (ROOT / "docs" / "guides" / "relying-party.md").read_text()
    examples = EXAMPLE.findall(guide)
    assert len(examples) == guide.count("`tests/interop/")
    assert [path for path, code in examples if code not in (ROOT / path).read_text()] == []
