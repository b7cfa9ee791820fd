"""TCP ports of a launcher: free ones, taken ones, and whose server it is that answers."""

from __future__ import annotations

import contextlib
import socket
from pathlib import Path

LOOPBACK = ("127.0.0.1", "::1")
_LISTEN = "0A"
_PROC = Path("/proc")


def is_free(port: int) -> bool:
    """Whether nobody serves `port` on this machine's loopback, by IPv4 or by IPv6.

    `localhost` means either, so a stranger on one of them would answer for our server.
    """
    return all(_can_bind(host, port) and not _answers(host, port) for host in LOOPBACK)


def free_port(preferred: int = 0) -> int:
    """Return `preferred` if it is free, else one that the system picks."""
    if preferred and is_free(preferred):
        return preferred
    with socket.socket() as probe:
        probe.bind((LOOPBACK[0], 0))
        return int(probe.getsockname()[1])


def listens(*, session: int, port: int) -> bool:
    """Whether the listener on `port` belongs to the process session `session`.

    A port that was free a second ago may have been taken by another program; its answer must
    not pass for ours. Where the system has no /proc, the answer is taken on trust.
    """
    if not (_PROC / "net" / "tcp").exists():
        return True
    ours = _listening_inodes(port)
    return any(_holds(process, ours) for process in _processes_of(session))


def _can_bind(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            # As a server does it: connections of the last run that are still closing are fine.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError:
        return _has_no(host)
    return True


def _has_no(host: str) -> bool:
    """Whether this machine lacks the address altogether (no IPv6), so that nobody serves it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.bind((host, 0))
    except OSError:
        return True
    return False


def _answers(host: str, port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=0.5):
        return True
    return False


def _listening_inodes(port: int) -> set[str]:
    inodes = set()
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(OSError):
            for line in (_PROC / "net" / table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == _LISTEN and int(fields[1].rpartition(":")[2], 16) == port:
                    inodes.add(f"socket:[{fields[9]}]")
    return inodes


def _processes_of(session: int) -> list[Path]:
    found = []
    for process in _PROC.iterdir():
        if process.name.isdigit():
            with contextlib.suppress(OSError):
                # The name in parentheses may hold spaces; the session is the 4th field after it.
                after_name = (process / "stat").read_text().rpartition(")")[2].split()
                if int(after_name[3]) == session:
                    found.append(process)
    return found


def _holds(process: Path, inodes: set[str]) -> bool:
    with contextlib.suppress(OSError):
        for descriptor in (process / "fd").iterdir():
            with contextlib.suppress(OSError):
                if str(descriptor.readlink()) in inodes:
                    return True
    return False
