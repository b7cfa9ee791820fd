"""The legs of `make test`: runs of pytest, one after the other or side by side, and their count.

Legs that run beside others write to a file of their own, which is shown when they have ended:
nobody has to untangle two outputs. A leg that was interrupted, or died, counts as an error.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.servers import LANE, LANES, RUNNING, database_url

ROOT = Path(__file__).resolve().parents[1]
ARTIFACTS = ROOT / "test-artifacts"
NOT_RUN = "NOT RUN: "
POLL_SECONDS = 0.2
PROGRESS_SECONDS = 30
_FINISHED = {0, 1}
"""pytest's exit codes of a run that came to its end: all passed, or some failed."""
_PERCENT = re.compile(r"\[ *(\d+)%\]")


@dataclass(frozen=True)
class Leg:
    """One run of pytest."""

    name: str
    arguments: tuple[str, ...]
    postgresql: bool = False
    folder: Path = ARTIFACTS

    @property
    def report(self) -> Path:
        return self.folder / f"{self.name.replace(' ', '-')}.xml"

    @property
    def output(self) -> Path:
        return self.report.with_suffix(".txt")

    def start(self, server: str, *, lane: int, lanes: int) -> subprocess.Popen[bytes]:
        """Start it, in one of so many lanes; alone it writes to where we write."""
        print(f"\n==> Tests: {self.name}", flush=True)
        self.report.unlink(missing_ok=True)
        environment = {**os.environ, RUNNING: server, LANE: str(lane), LANES: str(lanes)}
        environment.pop("DATABASE_URL", None)
        if self.postgresql:
            environment["DATABASE_URL"] = database_url(server, "postgres")
        command = [sys.executable, "-m", "pytest", f"--junitxml={self.report}", *self.arguments]
        if lanes == 1:
            return subprocess.Popen(command, cwd=ROOT, env=environment)
        with self.output.open("wb") as output:
            return subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
            )

    def count(self, code: int | None) -> Counter[str]:
        """Count the outcomes in the report; what it did not come to the end of is one error."""
        if code is None or not self.report.exists():
            return Counter(errors=1)
        suite = next(ET.parse(self.report).iter("testsuite"))
        numbers = Counter({key: int(suite.get(key, 0)) for key in ("failures", "errors")})
        skips = [skip.get("message", "") for skip in suite.iter("skipped")]
        numbers["not run"] = sum(reason.startswith(NOT_RUN) for reason in skips)
        numbers["skipped"] = len(skips) - numbers["not run"]
        numbers["passed"] = int(suite.get("tests", 0)) - numbers.total()
        numbers["errors"] += code not in _FINISHED
        return numbers

    def percent(self) -> str:
        """Return how far a leg beside others has come."""
        done = _PERCENT.findall(self.output.read_text(errors="replace"))
        return f"{self.name} {done[-1] if done else 0} %"


def run(lanes: Sequence[Iterable[Leg]], server: str, codes: dict[Leg, int]) -> None:
    """Run the legs of each lane one after the other, and the lanes side by side.

    `codes` gets each leg's exit code when it has ended.
    """
    waiting = [list(lane) for lane in lanes]
    running: dict[Leg, subprocess.Popen[bytes]] = {}
    began = told = time.monotonic()
    try:
        while any(waiting):
            for number, lane in enumerate(waiting):
                if not lane:
                    continue
                leg = lane[0]
                if leg not in running:
                    running[leg] = leg.start(server, lane=number, lanes=len(lanes))
                elif (code := running[leg].poll()) is not None:
                    codes[leg] = code
                    del running[leg], lane[0]
                    if len(lanes) > 1:
                        print(f"\n==> {leg.name} has ended", flush=True)
                        print(leg.output.read_text(errors="replace"), flush=True)
            if len(lanes) > 1 and time.monotonic() > told + PROGRESS_SECONDS:
                told = time.monotonic()
                far = ", ".join(leg.percent() for leg in running)
                print(f"    {told - began:.0f} s: {far}", flush=True)
            time.sleep(POLL_SECONDS)
    except KeyboardInterrupt:
        for process in running.values():  # the terminal has told them; they end their servers
            process.wait()
        raise
