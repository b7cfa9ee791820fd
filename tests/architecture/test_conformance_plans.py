"""The port of the certification plans is complete and says what it found: OIDC.md 3.1."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.conformance.oidf import modules, table
from tests.conformance.oidf.module import MODULES, Result
from tests.conformance.oidf.plans import ENTRIES, PLANS

assert modules.__all__  # importing them registers the modules
ROWS = [
    [cell.strip() for cell in line.split("|")[1:-1]]
    for line in table.FULL.read_text().splitlines()
    if line.startswith("| oidcc-")
]
COUNTS = {
    "oidcc-basic-certification-test-plan": (38, 38),
    "oidcc-config-certification-test-plan": (1, 1),
    "oidcc-formpost-basic-certification-test-plan": (38, 38),
    "oidcc-dynamic-certification-test-plan": (23, 23),
    "oidcc-rp-initiated-logout-certification-test-plan": (11, 11),
    "oidcc-backchannel-rp-initiated-logout-certification-test-plan": (2, 2),
    "oidcc-frontchannel-rp-initiated-logout-certification-test-plan": (2, 2),
    "oidcc-session-management-certification-test-plan": (2, 2),
    "oidcc-3rdparty-init-login-certification-test-plan": (2, 2),
    "oidcc-implicit-certification-test-plan": (58, 31),
    "oidcc-hybrid-certification-test-plan": (102, 37),
}
"""For each plan its entries, and how many different modules they are."""


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.name)
def test_a_plan_has_as_many_modules_as_the_foundations(plan):
    different = len({entry.module for entry in plan.entries})
    assert (len(plan.entries), different) == COUNTS[plan.name]


def test_every_module_is_ported_and_every_port_is_in_a_plan():
    assert {entry.module for entry in ENTRIES} == set(MODULES)


def test_no_two_entries_of_the_plans_have_the_same_test():
    assert [name for name, n in Counter(entry.id for entry in ENTRIES).items() if n > 1] == []


def test_the_table_has_a_row_for_every_entry_with_the_result_that_the_run_demands():
    expected = [
        [cell.strip() for cell in table.row(entry, MODULES[entry.module].expected).split("|")[1:5]]
        for entry in ENTRIES
    ]
    assert [row[:4] for row in ROWS] == expected


def test_the_summary_counts_the_rows():
    results = {entry.id: Result(row[3]) for entry, row in zip(ENTRIES, ROWS, strict=True)}
    assert table.summary(results) in table.SUMMARY.read_text()
