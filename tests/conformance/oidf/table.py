"""`python -m tests.conformance.oidf.table`: write what the last run found into the documents.

`docs/conformance/oidf-plans.md` as a whole, and the summary in `docs/conformance/oidc.md`.
"""

from __future__ import annotations

import inspect
import json
import sys
from collections import Counter
from pathlib import Path

from tests.conformance.oidf import modules
from tests.conformance.oidf.module import MODULES, Result
from tests.conformance.oidf.plans import ENTRIES, PLANS, Entry, Plan

ROOT = Path(__file__).resolve().parents[3]
RESULTS = ROOT / "test-artifacts" / "oidf.json"
FULL = ROOT / "docs" / "conformance" / "oidf-plans.md"
SUMMARY = ROOT / "docs" / "conformance" / "oidc.md"
BEGIN, END = "<!-- written by tests/conformance/oidf/table.py -->", "<!-- until here -->"
INTRODUCTION = """# The OpenID Foundation's certification plans, as an own port

**The Foundation's own suite was not run**, and no certification is claimed. This is a port of its
plans in code of our own, `tests/conformance/oidf/`: black-box tests over https against a provider
that runs, a test for every module, named by the module's id. What a module checks was read in the
suite's public source.

    .venv/bin/pytest tests/conformance/oidf                          # all plans
    .venv/bin/pytest tests/conformance/oidf -k oidcc-prompt-login    # one module, every variant
    .venv/bin/python -m tests.conformance.oidf.table                 # write this page from that run

The results are the suite's words. *REVIEW*: the suite ends there with a screenshot for a person;
the port looks at that page itself. *SKIPPED*: what the module tests is optional and not offered, as
the suite permits; the row says why. A module that ends otherwise than here fails the run.

Discovery everywhere, dynamic registration with an initial access token wherever the plan leaves
that open, clients without PKCE (the plans send it in one module only), a browser without scripts.
Where a plan gives a module in several variants, each has a row: the Implicit plan's 31 modules are
58 rows, 27 of them for both of its response types. Modules wait as long as the suite waits.

"""


def main() -> None:
    """Write both documents from the results of a whole run."""
    found = json.loads(RESULTS.read_text())
    absent = [entry.id for entry in ENTRIES if entry.id not in found]
    if absent:
        sys.exit(f"The run was not complete: {len(absent)} modules are missing.")
    remarks = {name: one["remark"] for name, one in found.items()}
    results = {name: Result(one["result"]) for name, one in found.items()}
    FULL.write_text(INTRODUCTION + "\n".join(_plan(plan, results, remarks) for plan in PLANS))
    text = SUMMARY.read_text()
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    SUMMARY.write_text(f"{before}{BEGIN}\n{summary(results)}{END}{after}")


def summary(results: dict[str, Result]) -> str:
    """Return how each plan ended."""
    lines = [
        f"| Plan | Profile | Modules | {' | '.join(Result)} |",
        f"|---|---|---|{'---|' * len(Result)}",
    ]
    for plan in PLANS:
        counts = Counter(results[entry.id] for entry in plan.entries)
        numbers = " | ".join(str(counts[result]) for result in Result)
        lines.append(f"| `{plan.name}` | {plan.profile} | {len(plan.entries)} | {numbers} |")
    return "\n".join(lines) + "\n"


def _plan(plan: Plan, results: dict[str, Result], remarks: dict[str, str]) -> str:
    rows = [row(entry, results[entry.id], remarks[entry.id]) for entry in plan.entries]
    head = "| Module | Response type | Test | Result | |\n|---|---|---|---|---|"
    return f"## {plan.profile}: `{plan.name}` ({len(rows)})\n\n{head}\n" + "\n".join(rows) + "\n"


def row(entry: Entry, result: Result, remark: str = "") -> str:
    """Return the row of one module."""
    body = MODULES[entry.module].body
    file = Path(inspect.getsourcefile(body) or "").relative_to(ROOT)
    note = remark if result is not Result.PASSED else ""
    return (
        f"| {entry.module} | {entry.variant.response_type} | `{file}::{body.__name__}` "
        f"| {result} | {note} |"
    )


if __name__ == "__main__":
    assert modules.__all__
    main()
