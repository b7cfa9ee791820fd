"""`make test`: every leg of the tests, then one honest count.

The unit tests run on PostgreSQL; those that touch a database run again on SQLite; the
journeys start real processes on both; relying-party libraries sign in over https. A leg that
fails does not keep the next from running. What starts processes waits for them more than it
computes: those legs run side by side.
Words on the command line choose legs: ``python -m tests units``.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections import Counter

from tests.legs import ARTIFACTS, ROOT, Leg, run
from tests.servers import postgresql

WIDTH = 100
WITH_PROCESSES = ("tests/journeys", "tests/interop", "tests/conformance/oidf")
UNITS = ("tests", *(f"--ignore={folder}" for folder in WITH_PROCESSES), "--numprocesses=2")
UNITS_ON_POSTGRESQL = Leg(
    "units on PostgreSQL", (*UNITS, "--cov", "--cov-report=term", "--cov-report=html"), True
)
UNITS_ON_SQLITE = Leg("units on SQLite", (*UNITS, "-m", "django_db and not postgres"))
JOURNEYS, INTEROP, CONFORMANCE = (Leg(folder.split("/")[1], (folder,)) for folder in WITH_PROCESSES)
STAGES = (
    ((UNITS_ON_POSTGRESQL,),),
    ((UNITS_ON_SQLITE,),),
    ((JOURNEYS,), (INTEROP, CONFORMANCE)),
)
"""One stage after the other; in a stage lanes beside each other; in a lane legs in a row."""
RULES = "idp/contract.py,idp/protocol/*,biometric_auth/domain/*"


def main() -> int:
    """Run the legs; the last line counts all of them."""
    wanted = sys.argv[1:] or [""]
    stages = [_chosen(lanes, wanted) for lanes in STAGES]
    ARTIFACTS.mkdir(exist_ok=True)
    began, codes = time.monotonic(), dict[Leg, int]()
    with contextlib.suppress(KeyboardInterrupt), postgresql() as server:
        for lanes in stages:
            run(lanes, server, codes)
    lines, total = [], Counter[str]()
    for leg in (leg for lanes in stages for lane in lanes for leg in lane):
        numbers = leg.count(codes.get(leg))
        total += numbers
        lines.append(f"{leg.name}: {_words(numbers)}")
    covered = UNITS_ON_POSTGRESQL not in codes or _rules_are_covered()
    print("\n" + "\n".join(lines))
    seconds = time.monotonic() - began
    print(
        f" {_words(total)} in {seconds:.0f} s (database tests count once per database) ".center(
            WIDTH, "="
        )
    )
    return int(bool(total["failures"] or total["errors"]) or any(codes.values()) or not covered)


def _chosen(lanes: tuple[tuple[Leg, ...], ...], wanted: list[str]) -> list[list[Leg]]:
    """Return the lanes with the legs that are wanted, without those that have none."""
    kept = [[leg for leg in lane if any(word in leg.name for word in wanted)] for lane in lanes]
    return [lane for lane in kept if lane]


def _rules_are_covered() -> bool:
    """Every branch of the pure rules is tested: they are the product."""
    print("\n==> Coverage of the rules", flush=True)
    command = ["coverage", "report", f"--include={RULES}", "--fail-under=100", "--skip-covered"]
    return not subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=False).returncode


def _words(numbers: Counter[str]) -> str:
    order = ("failures", "errors", "passed", "skipped", "not run")
    names = {"failures": "failed", "errors": "error" if numbers["errors"] == 1 else "errors"}
    counted = [f"{numbers[key]} {names.get(key, key)}" for key in order if numbers[key]]
    return ", ".join(counted) or "no tests"


if __name__ == "__main__":
    sys.exit(main())
