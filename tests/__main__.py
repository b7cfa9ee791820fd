"""`make test`: every leg of the tests, then one honest count.

The unit tests run on PostgreSQL; those that touch a database run again on SQLite; the
journeys start real processes on both; relying-party libraries sign in over https. A leg that
fails does not keep the next from running.
Words on the command line choose legs: ``python -m tests units``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.servers import RUNNING, database_url, postgresql

ROOT = Path(__file__).resolve().parents[1]
ARTIFACTS = ROOT / "test-artifacts"
NOT_RUN = "NOT RUN: "
WIDTH = 100


@dataclass(frozen=True)
class Leg:
    """One run of pytest."""

    name: str
    arguments: tuple[str, ...]
    postgresql: bool = False

    @property
    def report(self) -> Path:
        return ARTIFACTS / f"{self.name.replace(' ', '-')}.xml"

    def run(self, server: str) -> int:
        print(f"\n==> Tests: {self.name}", flush=True)
        environment = {**os.environ, RUNNING: server}
        environment.pop("DATABASE_URL", None)
        if self.postgresql:
            environment["DATABASE_URL"] = database_url(server, "postgres")
        command = [sys.executable, "-m", "pytest", f"--junitxml={self.report}", *self.arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode

    def count(self) -> Counter[str]:
        """Count the outcomes in the report; a leg that died before its report is one error."""
        if not self.report.exists():
            return Counter(errors=1)
        suite = next(ET.parse(self.report).iter("testsuite"))
        numbers = Counter({key: int(suite.get(key, 0)) for key in ("failures", "errors")})
        skips = [skip.get("message", "") for skip in suite.iter("skipped")]
        numbers["not run"] = sum(reason.startswith(NOT_RUN) for reason in skips)
        numbers["skipped"] = len(skips) - numbers["not run"]
        numbers["passed"] = int(suite.get("tests", 0)) - numbers.total()
        return numbers


WITH_PROCESSES = ("tests/journeys", "tests/interop", "tests/conformance/oidf")
UNITS = ("tests", *(f"--ignore={folder}" for folder in WITH_PROCESSES), "--numprocesses=2")
UNITS_ON_POSTGRESQL = Leg(
    "units on PostgreSQL", (*UNITS, "--cov", "--cov-report=term", "--cov-report=html"), True
)
RULES = "idp/contract.py,idp/protocol/*,biometric_auth/domain/*"
LEGS = (
    UNITS_ON_POSTGRESQL,
    Leg("units on SQLite", (*UNITS, "-m", "django_db and not postgres")),
    Leg("journeys", ("tests/journeys",)),
    Leg("interop", ("tests/interop",)),
    Leg("conformance", ("tests/conformance/oidf",)),
)


def main() -> int:
    """Run the legs; the last line counts all of them."""
    wanted = sys.argv[1:] or [""]
    chosen = [leg for leg in LEGS if any(word in leg.name for word in wanted)]
    ARTIFACTS.mkdir(exist_ok=True)
    began, codes, lines = time.monotonic(), [], []
    total: Counter[str] = Counter()
    with postgresql() as server:
        for leg in chosen:
            leg.report.unlink(missing_ok=True)
            codes.append(leg.run(server))
            numbers = leg.count()
            total += numbers
            lines.append(f"{leg.name}: {_words(numbers)}")
    if UNITS_ON_POSTGRESQL in chosen:
        codes.append(_rules_are_covered())
    print("\n" + "\n".join(lines))
    seconds = time.monotonic() - began
    print(
        f" {_words(total)} in {seconds:.0f} s (database tests count once per database) ".center(
            WIDTH, "="
        )
    )
    return int(any(codes))


def _rules_are_covered() -> int:
    """Every branch of the pure rules is tested: they are the product."""
    print("\n==> Coverage of the rules", flush=True)
    command = ["coverage", "report", f"--include={RULES}", "--fail-under=100", "--skip-covered"]
    return subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=False).returncode


def _words(numbers: Counter[str]) -> str:
    order = ("failures", "errors", "passed", "skipped", "not run")
    names = {"failures": "failed", "errors": "error" if numbers["errors"] == 1 else "errors"}
    counted = [f"{numbers[key]} {names.get(key, key)}" for key in order if numbers[key]]
    return ", ".join(counted) or "no tests"


if __name__ == "__main__":
    sys.exit(main())
