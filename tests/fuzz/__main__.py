"""`make fuzz`: at least 200,000 requests to the provider's endpoints, and what came back.

The draw is new in each run; a failure prints the smallest request that shows it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REPORTS = ROOT / "test-artifacts" / "fuzz"


def main() -> int:
    """Run the fuzz tests and print their figures."""
    for report in REPORTS.glob("*.json"):
        report.unlink()
    wanted, began = os.environ.get("FUZZ_REQUESTS", "200000"), time.monotonic()
    print(f"==> Fuzzing with at least {wanted} requests", flush=True)
    environment = {**os.environ, "FUZZ_REQUESTS": wanted}
    environment.pop("CI", None)  # there the draw is always the same
    command = [
        sys.executable,
        "-m",
        "pytest",
        "tests/fuzz",
        "--numprocesses=2",
        "-p",
        "no:randomly",
    ]
    code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    print(f"\n{'route':<58}{'requests':>9}  statuses")
    total = 0
    for report in sorted(REPORTS.glob("*.json")):
        figures = json.loads(report.read_text())
        total += figures["requests"]
        statuses = " ".join(f"{status}:{count}" for status, count in figures["statuses"].items())
        print(f"/{figures['route']:<57}{figures['requests']:>9}  {statuses}")
    print(
        f"\n{total} requests in {time.monotonic() - began:.0f} s, of those 5xx: 0"
        if not code
        else ""
    )
    return code


if __name__ == "__main__":
    sys.exit(main())
