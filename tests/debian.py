"""Debian packages that a test needs, installed where that may be done without asking anybody."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import tempfile
from pathlib import Path

PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


def install(*packages: str) -> bool:
    """Install `packages` as root, or by a sudo that asks for no password; say whether it went."""
    apt = shutil.which("apt-get")
    with (Path(tempfile.gettempdir()) / "countersign-apt.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # apt refuses a second one beside it; ours waits
        for prefix in ([], ["sudo", "-n"]):
            if apt and _runs([*prefix, apt, "update", "-qq"]):
                return _runs([*prefix, apt, "install", "-y", "-qq", *packages])
    return False


def _runs(command: list[str]) -> bool:
    if not shutil.which(command[0]):
        return False
    environment = {"DEBIAN_FRONTEND": "noninteractive", "PATH": PATH}
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    return done.returncode == 0
