"""`make phone`: the whole journey at the running demo without a browser or a camera."""

from __future__ import annotations

import fcntl
import json
import subprocess
import sys
from pathlib import Path

from idp.management.demo import STATE
from idp.management.deployment import ROOT

WHO = "bob"  # Alice is for the person at the browser: a face belongs to one device first
PORTRAIT = "biden.jpg"


def main() -> int:
    """Walk the journey as a person of the demo; return the walker's exit code."""
    if not _is_running(STATE / "lock"):
        print("The demo is not running. Start it with `make demo` in another terminal.")
        return 1
    running = json.loads((STATE / "running.json").read_text())
    accounts = json.loads((STATE / "accounts.json").read_text())
    arguments = {
        "--rp": running["rp_url"],
        "--provider": running["issuer"],
        "--username": WHO,
        "--password": accounts[WHO]["password"],
        "--camera": str(ROOT / "var" / "models" / "portraits" / PORTRAIT),
        "--device": str(STATE / "phone.json"),
    }
    words = [word for argument in arguments.items() for word in argument]
    command = [sys.executable, "-m", "biometric_auth.reference_agent", "journey", *words]
    return subprocess.run(command, check=False).returncode  # noqa: S603 - our own command


def _is_running(lock: Path) -> bool:
    """Whether a demo holds its lock."""
    if not lock.exists():
        return False
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


if __name__ == "__main__":
    sys.exit(main())
